"""Somebody who listens: an HTTP server that keeps what is posted to it, and a mail server that keeps mails."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hooks(ThreadingHTTPServer):
    """Keeps (path, headers, body) of each POST. `statuses` are the next answers, then 204; `redirect` where to send."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HookHandler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.redirect = ""
        self.drip_seconds = 0.0
        self.on_post: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is what some tests are about."""


class _HookHandler(BaseHTTPRequestHandler):
    server: Hooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append((self.path, dict(self.headers.items()), body))
        self.server.on_post()
        end = time.monotonic() + self.server.drip_seconds
        while time.monotonic() < end:
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.05)
        self.send_response(
            302 if self.server.redirect else self.server.statuses.pop(0) if self.server.statuses else 204
        )
        if self.server.redirect:
            self.send_header("Location", self.server.redirect)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Mails(socketserver.ThreadingTCPServer):
    """Keeps what is mailed. `refuses` makes it refuse every recipient."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.got: list[tuple[list[str], Message]] = []
        self.refuses = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _MailHandler(socketserver.StreamRequestHandler):
    server: Mails

    def handle(self) -> None:
        self._say("220 here")
        recipients: list[str] = []
        while line := self.rfile.readline():
            word = line.decode().strip()
            if word.upper().startswith("RCPT"):
                recipients.append(word.partition(":")[2].split()[0].strip("<>"))
                self._say("550 nobody" if self.server.refuses else "250 ok")
            elif word.upper() == "DATA":
                self._say("354 go on")
                self.server.got.append((recipients, message_from_bytes(self._data(), policy=default)))
                self._say("250 kept")
            elif word.upper() == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def listening(server: Any) -> Iterator[Any]:
    """Serve in a thread until the block ends."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
