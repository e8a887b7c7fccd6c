"""Runs web, worker and scheduler side by side: they start together, and the end of one is the end of all."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

from tools.launcher import processes
from tools.launcher.embedded import Server
from tools.launcher.folders import BASE

STOP_SECONDS = 15
"""How long a part may finish what it has in hand; then it is killed, and the rows it held are found by the sweeps."""

WORKER_CHILDREN = 2
WEB_THREADS = 8


class Supervisor:
    """The parts of the service as a context: started on entering, all gone on leaving."""

    def __init__(self, environment: Mapping[str, str], port: int, servers: Sequence[Server]) -> None:
        """Run beside `servers`, which somebody else starts and stops, and whose end is the end of all too."""
        self.environment = environment
        self.servers = servers
        self.commands = _commands(port)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        """Start every part."""
        print("Starting web, worker and scheduler ...", flush=True)
        for name, command in self.commands.items():
            self.running[name] = processes.start(command, environment=self.environment, folder=BASE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ask all parts to end at once, then see to it that each has; a second Ctrl-C does not interrupt that."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            processes.wait_or_kill(process, seconds=STOP_SECONDS)

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


def _commands(port: int) -> dict[str, list[str]]:
    """Return the command of each part."""
    python = sys.executable
    web = f"--bind 127.0.0.1:{port} --worker-class gthread --threads {WEB_THREADS} --timeout 60 --graceful-timeout 10"
    quiet = "--no-control-socket --log-level warning"
    worker = f"--concurrency {WORKER_CHILDREN} --loglevel INFO --without-gossip --without-mingle"
    celery = [python, "-m", "celery", "--quiet", "-A", "config"]
    return {
        # Forwarded headers are judged by our own middleware, so gunicorn must believe nobody's.
        "The web part": [
            python,
            "-m",
            "gunicorn",
            "config.wsgi",
            *web.split(),
            *quiet.split(),
            "--forwarded-allow-ips",
            "",
        ],
        # Celery warns root about pickled tasks; ours are JSON, so the warning would only frighten.
        "The worker": [python, "-W", "ignore:You're running the worker", *celery[1:], "worker", *worker.split()],
        "The scheduler": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }
