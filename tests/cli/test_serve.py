"""`tocsin serve`: the lock, the first link, the clean end, and what stops the start."""

from __future__ import annotations

import re
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cli.process import free_port, serving, tocsin
from tests.waiting import until

VERBS = ("serve", "web", "engine", "demo", "user", "token", "key", "backup", "doctor")
VERBS += ("alert", "incident", "page", "oncall", "update", "action")


def test_it_serves_an_empty_folder_holds_it_and_leaves_cleanly(data_folder: Path, tmp_path: Path) -> None:
    with serving(data_folder, tmp_path) as server:
        until((data_folder / "setup-link").exists, 60, "no link to the set-up")
        assert oct((data_folder / "secret").stat().st_mode)[-3:] == "600"
        link = (data_folder / "setup-link").read_text().strip()
        assert link in server.log.read_text()
        assert re.fullmatch(rf"http://localhost:{server.port}/setup/[\w-]{{43}}", link)

        second = tocsin("serve", "--data", data_folder, "--port", str(free_port()))
        assert second.returncode == 3
        assert "in use" in second.stderr
        assert tocsin("user", "create", "ana@example.com", "--data", data_folder).returncode == 3
        assert tocsin("user", "list", "--data", data_folder).returncode == 0

        until(lambda: server.answers("/readyz"), 60, "not ready")
        assert server.stop() == 0
        assert "Traceback" not in server.log.read_text()


def test_an_open_request_does_not_delay_the_end(installation: Path, tmp_path: Path) -> None:
    with serving(installation, tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.sendall(b"POST /in/x/generic HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n{")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0


def test_large_and_odd_requests_are_refused_at_the_door(installation: Path, tmp_path: Path) -> None:
    with serving(installation, tmp_path) as server:
        for path, body, headers, status in (
            ("/api/v1/alerts", b"x" * (1024 * 1024 + 1), {}, 413),
            ("/account/login/", b"x" * (1024 * 1024 + 1), {}, 413),
            ("/api/v1/alerts", b"{}", {}, 401),
        ):
            request = urllib.request.Request(server.url + path, data=body, headers=headers, method="POST")
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=10)
            assert refused.value.code == status
        assert _raw(server.port, b"GET /api/v1/alerts?q=\xff HTTP/1.1\r\nHost: t\r\n\r\n").startswith(b"HTTP/1.1 400")
        assert _raw(server.port, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
        assert server.answers()


def _raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4000)


def test_a_port_in_use_is_said_in_a_line(installation: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = tocsin("serve", "--data", installation, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 4
    assert "something else" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TOCSIN_SMPT_URL": "smtp://x"}, "TOCSIN_SMTP_URL"),
        ({"TOCSIN_BASE_URL": "nonsense"}, "TOCSIN_BASE_URL"),
        ({"TOCSIN_SECRET_KEY": "changeme"}, "TOCSIN_SECRET_KEY"),
        ({"TOCSIN_LOG": "loud"}, "TOCSIN_LOG"),
        ({"TOCSIN_DATABASE_URL": "mysql://x"}, "TOCSIN_DATABASE_URL"),
        ({"TOCSIN_TRUSTED_PROXIES": "everybody"}, "TOCSIN_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_cannot_be_understood_stop_the_start_with_one_line(
    data_folder: Path, environment: dict[str, str], words: str
) -> None:
    done = tocsin("serve", "--data", data_folder, **environment)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_halves_need_postgresql_and_test_mode_needs_loopback(data_folder: Path) -> None:
    assert tocsin("web", "--data", data_folder).returncode == 2
    assert tocsin("engine", "--data", data_folder).returncode == 2
    done = tocsin("serve", "--data", data_folder, "--host", "0.0.0.0", TOCSIN_TEST="1")
    assert done.returncode == 2
    assert "loopback" in done.stderr


def test_help_reads_without_touching_anything(tmp_path: Path) -> None:
    done = tocsin("--help", TOCSIN_DATA=str(tmp_path / "none"))
    assert done.returncode == 0
    for verb in VERBS:
        assert re.search(rf"^  {verb} ", done.stdout, re.MULTILINE), verb
    assert "\x1b" not in done.stdout
    assert tocsin("serve", "--help", TOCSIN_DATA=str(tmp_path / "none")).returncode == 0
    assert not (tmp_path / "none").exists()
    assert tocsin("nosuch").returncode == 2
