"""Asking whether a mail door answers: it does, somebody else is there, nobody is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.acceptance.installation import free_port
from tocsin.core.net import greeting


@pytest.fixture
def listening() -> Iterator[Callable[[bytes], int]]:
    """Listen once and say these words; the port."""
    open_ones: list[socket.socket] = []

    def listen(words: bytes) -> int:
        made = socket.create_server(("127.0.0.1", 0))
        open_ones.append(made)

        def answer() -> None:
            caller, _ = made.accept()
            caller.sendall(words)
            caller.close()

        threading.Thread(target=answer, daemon=True).start()
        return int(made.getsockname()[1])

    yield listen
    for one in open_ones:
        one.close()


def test_a_door_that_greets_is_fine_also_where_it_listens_everywhere(listening: Callable[[bytes], int]) -> None:
    assert greeting.fault("127.0.0.1", listening(b"220 tocsin ESMTP\r\n")) == ""
    assert greeting.fault("0.0.0.0", listening(b"220 tocsin ESMTP\r\n")) == ""


def test_what_is_wrong_is_said_in_words(listening: Callable[[bytes], int]) -> None:
    assert greeting.fault("127.0.0.1", listening(b"HTTP/1.1 400 Bad Request\r\n")) == "somebody else is there"
    assert greeting.fault("127.0.0.1", listening(b"")) == "it hangs up"
    assert "refused" in greeting.fault("127.0.0.1", free_port())


def test_one_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "timed out" in greeting.fault("127.0.0.1", silent.getsockname()[1], within=0.2)
