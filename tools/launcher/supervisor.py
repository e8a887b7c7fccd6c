"""Runs web, worker and scheduler side by side: they start together, and the end of one is the end of all."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from tools.launcher import processes
from tools.launcher.embedded import Server
from tools.launcher.folders import BASE

STOP_SECONDS = 15
"""How long the parts together may finish what they have in hand; then they are killed, and the rows they held are found
by the sweeps."""

WORKER_CHILDREN = 2
WEB_THREADS = 8


class Supervisor:
    """The parts of the service as a context: whatever was started inside is gone on leaving."""

    def __init__(self, environment: Mapping[str, str], port: int, servers: Sequence[Server]) -> None:
        """Run beside `servers`, which somebody else starts and stops, and whose end is the end of all too."""
        self.environment = environment
        self.servers = servers
        self.commands = part_commands(port)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ask all parts to end at once, then see to it that each has; a second Ctrl-C does not interrupt that."""
        processes.deafen()
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            processes.wait_or_kill(process, seconds=max(0.1, deadline - time.monotonic()))

    def start(self) -> None:
        """Start every part."""
        for name, command in self.commands.items():
            self.running[name] = processes.start(command, environment=self.environment, folder=BASE)

    def ended(self) -> str:
        """Return the name of a part that is no longer running, or nothing."""
        return next((name for name, process in self._watched().items() if process.poll() is not None), "")

    def _watched(self) -> dict[str, "subprocess.Popen[bytes]"]:
        return self.running | {server.name: server.process for server in self.servers if server.process}

    def wait(self) -> int:
        """Wait until a part ends by itself, say which one it was, and return 1."""
        while not (name := self.ended()):
            time.sleep(0.2)
        code = self._watched()[name].returncode
        print(f"{name} ended by itself (exit code {code}), so everything is stopped; data are kept.", flush=True)
        return 1


def part_commands(port: int) -> dict[str, list[str]]:
    """Return the command of each part."""
    python = sys.executable
    listen = f"--bind 127.0.0.1:{port} --worker-class gthread --threads {WEB_THREADS}"
    patience = "--timeout 60 --graceful-timeout 10 --no-control-socket --log-level warning"
    # Forwarded headers are judged by our own middleware, so gunicorn must believe nobody's.
    application = ["config.wsgi", "--config", "python:config.gunicorn"]
    web = ["-m", "gunicorn", *application, *listen.split(), *patience.split(), "--forwarded-allow-ips", ""]
    celery = ["-m", "celery", "--quiet", "-A", "config"]
    worker = f"worker --concurrency {WORKER_CHILDREN} --loglevel INFO --without-gossip --without-mingle"
    return {
        "The web part": [python, *web],
        # Celery warns root about pickled tasks; ours are JSON, so the warning would only frighten.
        "The worker": [python, "-W", "ignore:You're running the worker", *celery, *worker.split()],
        "The scheduler": [python, *celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }
