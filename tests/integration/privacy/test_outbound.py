"""Posts to typed-in addresses: a name is judged where it leads, once; nothing is followed; nothing takes for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from privacy import outbound
from tests.listening import Hooks, listening
from tools.launcher.embedded import free_port


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with listening(Hooks()) as server:
        yield server


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name lead to the next of these addresses, the last for ever; returns who was asked for."""
    asked: list[str] = []
    queue = list(answers)

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = queue.pop(0) if len(queue) > 1 else queue[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)
    return asked


def test_a_post_arrives_whole_with_the_name_it_was_meant_for(hooks: Hooks) -> None:
    url = hooks.url.replace("127.0.0.1", "localhost") + "?a=b"
    assert outbound.post(url, b'{"x": 1}', {"X-Mark": "7"}, private=True) == 204
    ((path, headers, body),) = hooks.got
    assert (path, body, headers["X-Mark"]) == ("/hook?a=b", b'{"x": 1}', "7")
    assert headers["Host"].startswith("localhost:")


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "192.168.0.9"])
def test_a_name_that_leads_inside_is_not_called(inner: str, hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, inner)
    with pytest.raises(outbound.NotCalled, match=r"^forbidden_address$"):
        outbound.post(f"https://system.example.org:{hooks.server_address[1]}/", b"", {}, private=False)
    assert hooks.got == []


def test_a_name_is_looked_up_once_so_that_it_cannot_lead_elsewhere_the_moment_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = leads_to(monkeypatch, "8.8.8.8", "127.0.0.1")
    connected: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise OSError("no network here")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(outbound.NotCalled, match=r"^unreachable$"):
        outbound.post("https://system.example.org/", b"", {}, private=False)
    assert (asked, connected) == (["system.example.org"], ["8.8.8.8"])


def test_a_name_with_one_inner_address_among_open_ones_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(outbound.NotCalled, match=r"^forbidden_address$"):
        outbound.post("https://system.example.org/", b"", {}, private=False)


def test_a_redirect_is_an_answer_and_not_a_way(hooks: Hooks) -> None:
    hooks.redirect = "/elsewhere"
    assert outbound.post(hooks.url, b"", {}, private=True) == 302
    assert [path for path, _, _ in hooks.got] == ["/hook"]


def hang_up(server: socket.socket) -> None:
    """Take one call and end it without a word."""
    server.accept()[0].close()


def test_nobody_there_an_unknown_name_and_no_answer_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(outbound.NotCalled, match=r"^unreachable$"):
        outbound.post(f"http://127.0.0.1:{free_port()}/", b"", {}, private=True)
    with pytest.raises(outbound.NotCalled, match=r"^unknown_host$"):
        outbound.post("http://nowhere.invalid/", b"", {}, private=True)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        threading.Thread(target=hang_up, args=(mute,), daemon=True).start()
        with pytest.raises(outbound.NoAnswer, match=r"^no_answer$"):
            outbound.post(f"http://127.0.0.1:{mute.getsockname()[1]}/", b"", {}, private=True)


def test_an_answer_that_drips_in_is_cut_off(hooks: Hooks) -> None:
    hooks.drip_seconds = 20.0
    begun = time.monotonic()
    with pytest.raises(outbound.NoAnswer, match=r"^too_slow$"):
        outbound.post(hooks.url, b"", {}, private=True, longest=0.4)
    assert time.monotonic() - begun < 3
    hooks.drip_seconds = 0.0
