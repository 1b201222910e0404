"""What every answer carries: a strict content policy and its companions. And what every request is: where it came from.

The access log holds the route's template, never the path: tokens and keys are in paths.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from collections.abc import Callable, Sequence

import structlog
from django.conf import settings
from django.http import HttpResponse

from tocsin.core import clock
from tocsin.web.forms.request import Request

log = structlog.get_logger(__name__)

_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors {ancestors}; base-uri 'none'; manifest-src 'self'"
)
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"


def allow_style(request: Request, css: str) -> None:
    """Let this one answer carry this one `<style>` text, by its hash."""
    hashes = getattr(request, "style_hashes", ())
    request.style_hashes = (*hashes, digest_of(css))


def digest_of(css: str) -> str:
    """What a content policy calls this `<style>` text."""
    return base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def content_policy(digests: Sequence[str] = (), framing: Sequence[str] = ()) -> str:
    """The policy of a page with `<style>` texts of these digests, which may stand in frames of these origins."""
    styles = "".join(f" 'sha256-{digest}'" for digest in digests)
    return _CONTENT.format(styles=styles, ancestors=" ".join(framing) or "'none'")


def allow_framing(request: Request, origins: Sequence[str]) -> None:
    """Let pages of these origins, as `boards.rules.origins` checks them, put this one answer into a frame. None: nobody may."""
    request.frame_origins = tuple(origins)


class SecurityHeaders:
    """Middleware, outermost: believes proxies only when told to, sets the headers, writes the access log."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response
        self.proxies = networks(settings.TOCSIN.trusted_proxies)

    def __call__(self, request: Request) -> HttpResponse:
        began = clock.monotonic()
        _believe(request, self.proxies)
        response = self.get_response(request)
        _protect(request, response)
        if not request.path.startswith(settings.STATIC_URL):
            _note(request, response, clock.monotonic() - began)
        return response


def _protect(request: Request, response: HttpResponse) -> None:
    framing = getattr(request, "frame_origins", ())
    response.setdefault("Content-Security-Policy", content_policy(getattr(request, "style_hashes", ()), framing))
    response.setdefault("X-Content-Type-Options", "nosniff")
    if not framing:  # the older header knows no list, and where it stands beside one, some browsers follow it
        response.setdefault("X-Frame-Options", "DENY")
    response.setdefault("Referrer-Policy", "same-origin")
    response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.setdefault("Permissions-Policy", _PERMISSIONS)
    if settings.TOCSIN.secure:
        response.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not request.path.startswith(settings.STATIC_URL):
        response.setdefault("Cache-Control", "no-store")


def _note(request: Request, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    log.info(
        "request",
        method=request.method if request.method in _METHODS else "other",
        route="/" + match.route if match else "no such route",
        status=response.status_code,
        ms=round(seconds * 1000, 1),
    )


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def networks(text: str) -> Networks:
    """`10.0.0.0/8, ::1` as networks. Raises ValueError for anything else."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _believe(request: Request, proxies: Networks) -> None:
    """Take the client's address and scheme from the proxy's headers, when the proxy is one of ours; else drop them."""
    forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
    scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
    if not _among(request.META.get("REMOTE_ADDR", ""), proxies):
        return
    for address in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        request.META["REMOTE_ADDR"] = address
        if not _among(address, proxies):
            break
    if scheme in {"http", "https"}:
        request.META["wsgi.url_scheme"] = scheme


def _among(address: str, proxies: Networks) -> bool:
    try:
        return any(ipaddress.ip_address(address) in network for network in proxies)
    except ValueError:
        return False
