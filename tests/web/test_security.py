"""What every answer carries, whom a request is believed to come from, and what the access log holds."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tests import company
from tests.web.walk import signed_in
from tocsin.web.gate import security
from tocsin.web.gate.security import SecurityHeaders

pytestmark = pytest.mark.django_db


def test_nothing_may_be_loaded_from_elsewhere_or_run_inline() -> None:
    for client, page in ((Client(), "/account/login/"), (signed_in(company.person("Ada")), "/alerts")):
        answer = client.get(page)
        content = answer["Content-Security-Policy"]
        assert content.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in content
        assert "unsafe" not in content
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


def test_pages_hold_no_inline_style_and_no_inline_script() -> None:
    client = signed_in(company.administrator())
    for page in ("/", "/alerts", "/oncall", "/style", "/keys", "/more", "/search?q=x"):
        html = client.get(page).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", html), page
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html)), page


def test_no_page_asks_another_host_for_anything() -> None:
    client = signed_in(company.administrator())
    for page in ("/", "/alerts", "/oncall", "/style"):
        html = client.get(page).content.decode()
        loaded = re.findall(r'<(?:link|script|img|use)[^>]+(?:href|src)="([^"]+)"', html)
        assert loaded
        assert all(address.startswith(("/", "#", "data:")) for address in loaded), loaded


def test_an_inlined_sheet_is_allowed_by_its_hash_alone() -> None:
    gate = SecurityHeaders(lambda request: security.allow_style(request, "p{margin:0}") or HttpResponse())
    answer = gate(RequestFactory().get("/ack/x"))
    digest = base64.b64encode(hashlib.sha256(b"p{margin:0}").digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in answer["Content-Security-Policy"]


def seen(proxies: str, **headers: str) -> tuple[str, str]:
    gate = SecurityHeaders(lambda request: HttpResponse(f"{request.META['REMOTE_ADDR']} {request.scheme}"))
    gate.proxies = security.networks(proxies)
    address, scheme = gate(RequestFactory().get("/", **headers)).content.decode().split()
    return address, scheme


def test_forwarded_headers_of_strangers_are_dropped() -> None:
    said = {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen("", REMOTE_ADDR="203.0.113.9", **said) == ("203.0.113.9", "http")


def test_a_trusted_proxy_tells_where_the_client_is_and_what_it_claims_before_that_is_not_believed() -> None:
    said = {"HTTP_X_FORWARDED_FOR": "10.9.9.9, 198.51.100.7, 10.0.0.2", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen("10.0.0.0/24", REMOTE_ADDR="10.0.0.1", **said) == ("198.51.100.7", "https")


def test_the_access_log_holds_the_template_and_never_the_token() -> None:
    token = "secret-token-in-the-path"
    before = structlog.get_config()
    structlog.reset_defaults()  # a test of the command line in this process may have raised the level
    try:
        with structlog.testing.capture_logs() as lines:
            Client().get(f"/ack/{token}")
    finally:
        structlog.configure(**before)
    entry = next(line for line in lines if line["event"] == "request")
    assert entry["route"] == "/ack/<str:token>"
    assert token not in str(lines)
