"""The one HTTP client: where it may go, how long it may take, how much it reads."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tocsin.core.net import addresses, outbound
from tocsin.core.net.outbound import Forbidden, Guard, Unreached

NOBODY = Guard(addresses.parse_allow(""))

FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:0a00:0001::1",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "2001:10::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:4700::5efe:10.0.0.1",
    "2606:4700::200:5efe:127.0.0.1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8"]

URLS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://127.0.0.1.:80/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://100.64.0.1/",
    "http://10.0.0.1:8080/",
    "http://user@127.0.0.1/",
    "http://example.com@127.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "https://127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
]
NOT_HTTP = [
    "file:///etc/passwd",
    "ftp://1.1.1.1/",
    "gopher://1.1.1.1/",
    "//1.1.1.1/",
    "http://",
    "http:///x",
    "nonsense",
    "",
    "unix:/x",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_private_or_reserved_address_in_any_dress_is_not_public(text: str) -> None:
    assert not addresses.is_public(addresses.parse_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_public_also_inside_nat64(text: str) -> None:
    assert addresses.is_public(addresses.parse_address(text))


@pytest.mark.req("SYS-24")
@pytest.mark.parametrize("url", URLS)
def test_no_spelling_of_a_private_address_is_ever_connected_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises((Forbidden, Unreached)):
        outbound.request("POST", url, guard=NOBODY, deadline=3)


@pytest.mark.parametrize("url", NOT_HTTP)
def test_only_http_and_https_are_called(url: str) -> None:
    with pytest.raises(Forbidden):
        outbound.request("GET", url, guard=NOBODY, deadline=3)


def test_one_bad_address_among_several_forbids_the_name() -> None:
    found = [ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address("10.0.0.1")]
    with pytest.raises(Forbidden):
        NOBODY.check("both.example", 443, found)


def test_ports_of_other_protocols_are_closed() -> None:
    public = [ipaddress.ip_address("1.1.1.1")]
    for port in (22, 25, 110):
        with pytest.raises(Forbidden):
            NOBODY.check("x.example", port, public)
    assert NOBODY.check("x.example", 8443, public) == public


def test_the_allow_list_opens_networks_and_host_with_port_and_nothing_beside() -> None:
    guard = Guard(addresses.parse_allow("10.20.0.0/16, gotify.lan:8080, [::1]:8090, 192.168.7.7"))
    inside, beside = ipaddress.ip_address("10.20.3.4"), ipaddress.ip_address("10.21.0.1")
    assert guard.check("a.lan", 25, [inside]) == [inside]
    assert guard.check("b.lan", 80, [ipaddress.ip_address("192.168.7.7")])
    assert guard.check("wrapped", 80, [ipaddress.ip_address("::ffff:10.20.3.4")])
    assert guard.check("Gotify.LAN.", 8080, [beside]) == [beside]
    for host, port in (("gotify.lan", 8081), ("other.lan", 8080)):
        with pytest.raises(Forbidden):
            guard.check(host, port, [beside])


def test_test_mode_reaches_nothing_that_is_not_listed() -> None:
    with pytest.raises(Forbidden):
        Guard(addresses.parse_allow(""), only_allowed=True).check("x.example", 443, [ipaddress.ip_address("1.1.1.1")])


@pytest.mark.parametrize("text", ["gotify.lan", "host:0", "host:99999", "host:x", ":80", "10.0.0.0/33"])
def test_an_allow_list_that_cannot_be_read_says_which_part(text: str) -> None:
    with pytest.raises(ValueError, match="neither a network"):
        addresses.parse_allow(f"10.0.0.0/8, {text}")


class Server:
    """A server on loopback that answers as a function wants."""

    def __init__(self, handle: Callable[[http.server.BaseHTTPRequestHandler], None]) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                handle(self)

            do_GET = do_POST = handle_one

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.guard = Guard(addresses.parse_allow(f"127.0.0.1:{self.port}"), only_allowed=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(handle: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Server:
        made.append(Server(handle))
        return made[-1]

    yield start
    for server in made:
        server.close()


def reply(handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def test_a_listed_loopback_target_is_reached_by_its_own_address(serve: Callable[..., Server]) -> None:
    server = serve(lambda handler: reply(handler, 201, b"made"))
    answer = outbound.request("POST", f"{server.url}/x?y=1", headers={"X-Key": "k"}, content=b"hi", guard=server.guard)
    assert (answer.status, answer.body) == (201, b"made")
    method, path, headers, body = server.seen[0]
    assert (method, path, body, headers["x-key"], headers["accept-encoding"]) == ("POST", "/x?y=1", b"hi", "k", "identity")


def test_a_redirect_is_an_answer_and_is_not_followed(serve: Callable[..., Server]) -> None:
    server = serve(lambda handler: reply(handler, 302, location="http://127.0.0.1:1/"))
    assert outbound.request("GET", server.url, guard=server.guard).status == 302
    assert len(server.seen) == 1


def test_proxies_of_the_environment_are_not_asked(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = serve(lambda handler: reply(handler, 200))
    assert outbound.request("GET", server.url, guard=server.guard).status == 200


def test_no_more_than_64_kib_are_read_of_an_endless_body(serve: Callable[..., Server]) -> None:
    def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(10**9))
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.close_connection = True

    server = serve(endless)
    assert len(outbound.request("GET", server.url, guard=server.guard).body) == outbound.READ_CAP


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_a_server_that_drips_bytes_is_left_at_the_deadline(serve: Callable[..., Server], slow: str) -> None:
    gone = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n" + (b"" if slow == "headers" else b"\r\n"))
        try:
            while not gone.wait(0.05):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            return

    server = serve(drip)
    began = time.monotonic()
    with pytest.raises(Unreached):
        outbound.request("GET", server.url, guard=server.guard, deadline=0.5)
    gone.set()
    assert time.monotonic() - began < 3


def test_a_name_that_does_not_resolve_is_a_passing_trouble() -> None:
    with pytest.raises(Unreached):
        outbound.request("GET", "http://does-not-exist.invalid/", guard=NOBODY, deadline=5)


def test_a_refused_connection_is_a_passing_trouble() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        guard = Guard(addresses.parse_allow(f"127.0.0.1:{port}"))
        with pytest.raises(Unreached):
            outbound.request("GET", f"http://127.0.0.1:{port}/", guard=guard, deadline=3)


def test_plain_text_where_tls_was_asked_is_not_spoken_to(serve: Callable[..., Server]) -> None:
    server = serve(lambda handler: reply(handler, 200))
    with pytest.raises(Unreached):
        outbound.request("GET", server.url.replace("http:", "https:"), guard=server.guard, deadline=3)
    assert server.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://LOCALHOST/",
        "http://a.localhost./",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
        "http://93.184.215.14:25/",
        "https://user@example.com/",
        "https://[::1",
        "https://example.com:99999/",
        "gopher://example.com/",
        "https:///x",
    ],
)
def test_an_address_that_is_hostile_as_it_is_spelled_is_refused_before_anything_is_resolved(url):
    with pytest.raises(outbound.Forbidden):
        outbound.refuse_hostile(url, guard=Guard(addresses.parse_allow("")))


@pytest.mark.parametrize(
    "url", ["https://example.com/x", "http://93.184.215.14/", "http://example.com:8080/?a=b", "https://[2606:2800::1]/"]
)
def test_an_address_on_the_internet_and_one_that_was_opened_may_be_kept(url):
    outbound.refuse_hostile(url, guard=Guard(addresses.parse_allow("")))
    outbound.refuse_hostile("http://10.1.2.3:9000/", guard=Guard(addresses.parse_allow("10.0.0.0/8")))
    outbound.refuse_hostile("http://localhost:9000/", guard=Guard(addresses.parse_allow("localhost:9000")))
