"""The HTTP side of the stand-in: Twilio's message resource, its errors word for word, and its webhooks."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.standin.books import Books, Message, wall_clock
from tests.standin.callbacks import Callbacks
from tests.standin.faults import Faults

ACCOUNT, TOKEN = "AC" + "1" * 32, "token-of-the-stand-in"
PATH = re.compile(r"/2010-04-01/Accounts/(AC\w+)/Messages(?:/(\w+))?\.json")
E164 = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_BODY = 1600
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    21211: (400, "The 'To' number is not a valid phone number."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21606: (400, "The From phone number is not a valid, SMS-capable inbound phone number or short code."),
    21612: (400, "The 'To' phone number is not currently reachable using the 'From' phone number"),
    30034: (400, "Message from an unregistered number"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    90007: (400, "ValidityPeriod is out of range"),
}


class StandIn:
    """A provider on loopback. `refusals` maps a number to the error code that creating a text to it ends in,
    `sender_refusals` does so for numbers that texts come from."""

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Callable[[], datetime] = wall_clock,
        seed: int = 1,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.books = Books(clock)
        self.faults = Faults(seed)
        self.accounts = {ACCOUNT: TOKEN}
        self.refusals: dict[str, int] = {}
        self.sender_refusals: dict[str, int] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.callbacks = Callbacks(self.books, self.accounts)
        self._server = _Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"standin": self}))
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="stand-in", daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def is_quiet(self) -> bool:
        """Whether every connection that was ever made has been served to its end."""
        with socket.create_connection(self._server.server_address[:2]) as knock:
            knock.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while knock.recv(4096):
                pass  # answered: everybody who came before has been let in
        return self._server.open <= 1

    def __enter__(self) -> StandIn:
        self._thread.start()
        self.callbacks.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.faults.released.set()
        self.callbacks.stop()
        self._server.shutdown()
        self._server.server_close()

    def inbound(self, *, to: str, from_: str, body: str, media: int = 0) -> Message:
        """Take a text from a patient into the books, as the network hands it over; `callbacks` posts it."""
        message = self.books.add(
            account=ACCOUNT, to=to, from_=from_, body=body, direction="inbound", status="received", media=media
        )
        message.sent_at = message.created_at
        return message


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.open = 0
        self._counting = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._counting:
            self.open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._counting:
                self.open -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are our business here, not news."""


class _Fault(Exception):
    """A code of ERRORS to answer with."""

    def __init__(self, code: int) -> None:
        self.code = code


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; `standin` is bound when the server is made."""

    standin: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        fields = dict(parse_qsl(self._body(), keep_blank_values=True))
        self._route(fields, self._create, self._update)

    def do_GET(self) -> None:
        fields = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        self._route(fields, self._list, self._fetch)

    def _route(self, fields: dict[str, str], on_all: Callable[..., None], on_one: Callable[..., None]) -> None:
        path = urlsplit(self.path).path
        self.standin.requests.append((self.command, path, fields))
        match = PATH.fullmatch(path)
        try:
            if match is None:
                raise _Fault(20404)
            self._authenticate(match[1])
            if match[2]:
                on_one(self._known(match[1], match[2]), fields)
            else:
                on_all(match[1], fields)
        except _Fault as fault:
            self._error(fault.code)

    def _create(self, account: str, fields: dict[str, str]) -> None:
        fault = self.standin.faults.draw()
        if fault.endswith("_before") or fault.startswith("throttle"):
            self._fail(fault)
            return
        _check(fields, self.standin.refusals, self.standin.sender_refusals)
        message = self.standin.books.add(
            account=account,
            to=fields["To"],
            from_=fields.get("From", ""),
            body=fields["Body"],
            service=fields.get("MessagingServiceSid"),
            callback=fields.get("StatusCallback", ""),
            validity=int(fields.get("ValidityPeriod", 36000)),
            status="accepted" if "MessagingServiceSid" in fields else "queued",
        )
        self.standin.callbacks.take(message)
        time.sleep(self.standin.faults.slowness)
        if fault:
            self._fail(fault)
        else:
            self._json(201, message.as_json())

    def _list(self, account: str, fields: dict[str, str]) -> None:
        if self.standin.faults.list_status:
            self._answer(self.standin.faults.list_status, b"<html>Bad Gateway</html>", "text/html")
            return
        size, page = int(fields.get("PageSize", 50)), int(fields.get("Page", 0))
        found = self.standin.books.listed(account, **fields)
        shown = found[page * size : (page + 1) * size]
        path = urlsplit(self.path).path
        following = f"{path}?PageSize={size}&Page={page + 1}" if len(found) > (page + 1) * size else None
        kept = "".join(f"&{name}={value}" for name, value in fields.items() if name in ("To", "From"))
        body = {
            "messages": [message.as_json() for message in shown],
            "next_page_uri": following + kept.replace("+", "%2B") if following else None,
            "page": page,
            "page_size": size,
            "uri": self.path,
        }
        self._json(200, body)

    def _fetch(self, message: Message, fields: dict[str, str]) -> None:
        self._json(200, message.as_json())

    def _update(self, message: Message, fields: dict[str, str]) -> None:
        if fields.get("Body") == "":
            self.standin.books.redact(message)
        self._json(200, message.as_json())

    def _authenticate(self, account: str) -> None:
        token = self.standin.accounts.get(account)
        expected = base64.b64encode(f"{account}:{token}".encode()).decode()
        if token is None or self.headers.get("Authorization") != f"Basic {expected}":
            raise _Fault(20003)

    def _known(self, account: str, sid: str) -> Message:
        message = self.standin.books.get(account, sid)
        if message is None:
            raise _Fault(20404)
        return message

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of an answer."""
        return format_datetime(self.standin.books.clock(), usegmt=True)

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def _error(self, code: int) -> None:
        status, message = ERRORS[code]
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._json(status, {"code": code, "message": message, "more_info": more, "status": status})

    def _fail(self, fault: str) -> None:
        if fault.startswith(("reset", "drop")):
            self._break(reset=fault.startswith("reset"))
        elif fault.startswith("hang"):
            self.standin.faults.released.wait(self.standin.faults.hang_seconds)
            self._break(reset=False)
        elif fault.startswith("throttle"):
            after = {"Retry-After": self.standin.faults.retry_after} if fault == "throttle_later" else {}
            body = {"code": 20429, "message": "Too Many Requests", "status": 429}
            self._answer(429, json.dumps(body).encode(), "application/json", after)
        elif fault.startswith("html"):
            status = 502 if fault == "html_before" else 200
            self._answer(status, b"<html><body>Welcome to nginx</body></html>", "text/html")
        elif fault == "bad_json":
            self._answer(201, b'{"sid": "SM', "application/json")
        else:
            self._answer(500 if fault == "error_after" else 503, b'{"message": "Internal"}', "application/json")

    def _break(self, *, reset: bool) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a stand-in keeps books, not logs."""


def _check(fields: dict[str, str], refusals: dict[str, int], sender_refusals: dict[str, int]) -> None:
    """Refuse what Twilio refuses."""
    to, body, sender = fields.get("To", ""), fields.get("Body", ""), fields.get("From", "")
    problems = [
        (not E164.fullmatch(to), 21211),
        (to in refusals, refusals.get(to, 0)),
        (sender in sender_refusals, sender_refusals.get(sender, 0)),
        (not body, 21602),
        (len(body) > LONGEST_BODY, 21617),
        (not (fields.get("From") or fields.get("MessagingServiceSid")), 21603),
        (not 1 <= int(fields.get("ValidityPeriod", 36000)) <= 36000, 90007),
    ]
    for holds, code in problems:
        if holds:
            raise _Fault(code)
