"""The web part as the product starts it, on the benchmark's database, and load on it from another process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tools.launcher.supervisor import part_commands

BASE = Path(__file__).resolve().parent.parent
ACCOUNT, TOKEN = "AC" + "1" * 32, "t" * 32
READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Web:
    """A web part that runs."""

    port: int
    pid: int

    def load(self, requests: Sequence[dict[str, Any]], *, rate: float, seconds: float) -> list[float]:
        """Milliseconds of each request, arriving steadily at `rate` a second; all must be answered with 200."""
        order = {"port": self.port, "rate": rate, "seconds": seconds, "requests": list(requests)}
        command = [sys.executable, "-m", "bench.load"]
        done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=True, cwd=BASE)
        found = json.loads(done.stdout)
        assert set(found["statuses"]) == {"200"}, found["statuses"]
        return list(found["took"])

    def megabytes(self) -> float:
        """Resident memory of the process that answers, which gunicorn's master has started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return max(resident_megabytes(int(pid)) for pid in children)


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def environment(**more: str) -> dict[str, str]:
    """What a process of the product needs to work on this database, beside a live gateway."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    keys = ",".join(f"{name}:{_base64(key)}" for name, key in settings.FIELD_KEYS.items())
    ours = {
        "DATABASE_URL": f"{url}/{database['NAME']}",
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": keys,
        "GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+15550001000",
    }
    return dict(os.environ) | ours | more


def _base64(key: bytes) -> str:
    import base64

    return base64.b64encode(key).decode()


@contextmanager
def web(**more: str) -> Iterator[Web]:
    """Run the web part for the block; `more` are further settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        part_commands(port)["The web part"], env=environment(PUBLIC_BASE_URL=address, **more), cwd=BASE
    )
    try:
        _wait(f"{address}/livez")
        yield Web(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own address
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
