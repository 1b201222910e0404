"""The one HTTP client of the house.

The name is resolved once, every address it has is tested, and the connection goes to a tested address: a second answer of a
hostile name server is never asked for. No proxy or certificate variable of the environment counts, no redirect is followed,
everything together takes at most ten seconds and at most 64 KiB are read unless the caller asks for more.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.core import clock
from tocsin.core.net import addresses
from tocsin.core.net.addresses import Address, AllowList

if TYPE_CHECKING:
    import httpx2

DEADLINE = 10.0
READ_CAP = 64 * 1024
WELL_KNOWN = frozenset({80, 443})
_UNPRIVILEGED = 1024


class Forbidden(Exception):
    """The target may not be reached from here. Trying again cannot help."""


class Unreached(Exception):
    """No answer: name, network, TLS or time. Trying again may help."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the first `most` bytes, and headers with lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Guard:
    """Decides which addresses a request may go to. In test mode only what is on the allow list."""

    def __init__(self, allow: AllowList, *, only_allowed: bool = False) -> None:
        self._allow = allow
        self._only_allowed = only_allowed

    def check(self, host: str, port: int, found: Iterable[Address]) -> list[Address]:
        """The addresses, when every one of them may be reached; raises Forbidden otherwise."""
        found = list(found)
        if self._allow.names(host, port):
            return found
        for address in found:
            if self._allow.holds(address):
                continue
            if self._only_allowed or not addresses.is_public(address):
                raise Forbidden(f"{host} is at a private or reserved address; TOCSIN_OUTBOUND_ALLOW can open it")
            if port not in WELL_KNOWN and port < _UNPRIVILEGED:
                raise Forbidden(f"port {port} is not one for outgoing requests; TOCSIN_OUTBOUND_ALLOW can open it")
        return found


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    guard: Guard | None = None,
    deadline: float = DEADLINE,
    most: int = READ_CAP,
) -> Answer:
    """Send one request and read at most `most` bytes of the answer. Raises Forbidden or Unreached; every status is an answer."""
    import httpx2  # costs more than the rest of a start; only whoever calls out pays

    until = clock.monotonic() + deadline
    target = _target(httpx2.URL, url)
    backend = _Backend(guard or _guard(), until)
    transport = httpx2.HTTPTransport(verify=_tls(), trust_env=False)
    transport._pool._network_backend = backend  # type: ignore[attr-defined,assignment]  # there is no public way in; a test holds it
    sent = {
        "user-agent": "Tocsin",
        **{name.lower(): value for name, value in (headers or {}).items()},
        "accept-encoding": "identity",
    }
    try:
        with (
            httpx2.Client(transport=transport, trust_env=False, follow_redirects=False, timeout=deadline) as client,
            client.stream(method, target, headers=sent, content=content) as response,
        ):
            return Answer(response.status_code, _read(response, until, most), {k.lower(): v for k, v in response.headers.items()})
    except httpx2.TimeoutException as error:
        raise Unreached("no complete answer within the time limit") from error
    except httpx2.HTTPError as error:
        raise Unreached(f"{type(error).__name__}: {error}"[:300]) from error
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise Forbidden(f"this is not a request that can be sent: {type(error).__name__}") from error


def refuse_hostile(url: str, *, guard: Guard | None = None) -> None:
    """Raises Forbidden for an address whose very spelling says that it may not be called. No name is resolved: where a name leads
    is asked at each call.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Forbidden("this is not a URL") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Forbidden("only http:// and https:// addresses can be called")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("a name or password in the address is not kept")
    (guard or _guard()).check(host, port, _spelled(host))


def _spelled(host: str) -> list[Address]:
    """The address that a host is written as, in any of its spellings: `127.1`, `0x7f000001`, `[::1]`, `localhost`."""
    plain = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return [addresses.parse_address("127.0.0.1")]
    with contextlib.suppress(ValueError):
        return [addresses.parse_address(plain)]
    with contextlib.suppress(OSError, ValueError, UnicodeError):
        return [addresses.parse_address(socket.inet_ntoa(socket.inet_aton(plain)))]
    return []


def _target(kind: type[httpx2.URL], url: str) -> httpx2.URL:
    try:
        target = kind(url)
    except Exception as error:
        raise Forbidden("this is not a URL") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise Forbidden("only http:// and https:// addresses can be called")
    return target


def _read(response: httpx2.Response, until: float, most: int) -> bytes:
    """At most `most` bytes, undecoded: nothing is unpacked, so nothing can explode."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= most or clock.monotonic() > until:
            break
    return bytes(body[:most])


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@functools.cache
def _guard() -> Guard:
    return Guard(addresses.parse_allow(settings.TOCSIN.outbound_allow), only_allowed=settings.TOCSIN.test)


class _Backend:
    """What httpcore2 calls a network backend: connects to tested addresses only and lets nothing go on past the deadline."""

    def __init__(self, guard: Guard, until: float) -> None:
        self._guard = guard
        self._until = until

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> _Stream:
        import httpcore2

        plain = httpcore2.SyncBackend()
        error: Exception = Unreached(f"{host} has no address")
        for address in self._guard.check(host, port, resolve(host, port, _left(self._until))):
            try:
                return _Stream(plain.connect_tcp(str(address), port, timeout=_left(self._until)), self._until)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
        raise error

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> _Stream:
        raise Forbidden("local sockets are not reachable over HTTP")


class _Stream:
    """A connection on which each step may take only what is left of the whole time."""

    def __init__(self, inner: Any, until: float) -> None:
        self._inner = inner
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._inner.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._until))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(until: float) -> float:
    left = until - clock.monotonic()
    if left <= 0:
        raise Unreached("no complete answer within the time limit")
    return left


def resolve(host: str, port: int, timeout: float) -> list[Address]:
    """Every address of a host, in the resolver's order. The resolver has no time limit of its own, so it runs beside us."""
    found: list[Address] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(addresses.parse_address(str(row[4][0])) for row in rows))
        except (OSError, ValueError, UnicodeError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True, name="resolve")
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise Unreached(f"the name {host} was not resolved in time")
    if failed or not found:
        raise Unreached(f"the name {host} cannot be resolved")
    return found
