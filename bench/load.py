"""A load generator of its own process: requests leave at their time, whether or not those before were answered.

Reads one JSON object from standard input: `port`, `rate` a second, `seconds`, and `requests`, each with `method`,
`path`, `headers` and `body`; they are sent one after the other and over again. Prints the milliseconds of each from
the moment it was due, and how often each status was answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

IDLE_SECONDS = 1.0
"""Gunicorn closes connections that are idle for two seconds."""


class Connections:
    """Connections kept open to one server; a request takes a free one or opens another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.free: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, raw: bytes) -> int:
        """Send one request and read its answer whole; the status."""
        reader, writer = self._fresh() or await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(raw)
        head = await reader.readuntil(b"\r\n\r\n")
        await self._body(reader, head.lower())
        if b"connection: close" in head.lower():
            writer.close()
        else:
            self.free.append((time.perf_counter(), reader, writer))
        return int(head.split(b" ", 2)[1])

    def _fresh(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The connection used last, if the server can not have closed it yet."""
        if not self.free or time.perf_counter() - self.free[-1][0] > IDLE_SECONDS:  # those before it are older still
            self.free.clear()
            return None
        return self.free.pop()[1:]

    async def _body(self, reader: asyncio.StreamReader, head: bytes) -> None:
        if b"transfer-encoding: chunked" in head:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        elif b"content-length: " in head:
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))


def raw(request: dict[str, Any], port: int) -> bytes:
    """The request as it goes over the wire."""
    body = request.get("body", "").encode()
    headers = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body))} | request.get("headers", {})
    lines = [f"{request['method']} {request['path']} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Send everything at its time."""
    connections = Connections(order["port"])
    requests = [raw(request, order["port"]) for request in order["requests"]]
    took: list[float] = []
    statuses: Counter[int] = Counter()

    async def one(place: int, due: float) -> None:
        statuses[await connections.ask(requests[place % len(requests)])] += 1
        took.append((time.perf_counter() - due) * 1000)

    begun, under_way = time.perf_counter() + 0.1, []
    for place in range(int(order["rate"] * order["seconds"])):
        due = begun + place / order["rate"]
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(one(place, due)))
    await asyncio.gather(*under_way)
    return {"took": took, "statuses": dict(statuses)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
