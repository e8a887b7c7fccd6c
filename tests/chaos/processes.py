"""The service as real processes that are killed and started again, and the servers below it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import redis

from tools.launcher import processes
from tools.launcher.embedded import Server
from tools.launcher.folders import BASE
from tools.launcher.supervisor import part_commands

WORKERS, BEATS = ("worker-1", "worker-2"), ("beat-1", "beat-2", "beat-3")
WEB = "web"
OURS = "+12025550100"
"""The number the clinic texts from; no patient of the run has one in its area."""

READY_SECONDS = 60
STOP_SECONDS = 15


class Parts:
    """Web, two workers of two processes each, and three schedulers.

    Start them from the main thread: a part ends with the thread it is from.
    """

    def __init__(self, environment: Mapping[str, str], servers: Sequence[Server], port: int, folder: Path) -> None:
        self.environment = environment
        self.servers = {server.name: server for server in servers}
        self.port = port
        self.log = folder / "log"
        self.commands = _commands(port, folder)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.gave_up: list[str] = []
        self._said_before: dict[str, int] = {}

    def __enter__(self) -> Parts:
        for name in self.commands:
            self._start(name)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(*self.running)

    def wait_until_ready(self) -> None:
        """Wait for the first page. Raises TimeoutError."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.1)
        raise TimeoutError(f"the web part did not start; its log is {self.log / WEB}.log")

    def kill(self, *names: str) -> None:
        """End these parts with all their children as a power cut does, and start them again."""
        for name in names:
            os.killpg(self.running[name].pid, signal.SIGKILL)
        for name in names:
            self.running[name].wait()
            self._start(name)

    def kill_child(self, name: str) -> bool:
        """Kill one child of a part, as the kernel does when memory is short; False when it has none yet.

        Celery gives up when it finds a child dead at the end of its own start, so a worker is left alone until then.
        """
        if not self._is_ready(name):
            return False
        command = ["ps", "-o", "pid=", "--ppid", str(self.running[name].pid)]
        children = subprocess.run(command, capture_output=True, text=True).stdout.split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)
        return bool(children)

    def revive(self) -> None:
        """Note parts that ended by themselves, which none should, and start them again."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.gave_up.append(name)
                self._start(name)

    def stop(self, *names: str) -> None:
        """End these parts in order."""
        ending = [self.running.pop(name) for name in names]
        for process in ending:
            process.terminate()
        for process in ending:
            processes.wait_or_kill(process, seconds=STOP_SECONDS)

    def restart(self, name: str, pause: float) -> None:
        """Stop a server, leave it away for `pause` seconds and start it at the same address."""
        server = self.servers[name]
        port = server.port
        server.stop()
        time.sleep(pause)
        server.start()
        if server.port != port:
            raise RuntimeError(f"{name} lost its port {port} to another program: run again.")

    def flush(self) -> None:
        """Let the broker forget everything."""
        with redis.Redis.from_url(self.environment["REDIS_URL"]) as client:
            client.flushdb()

    def _is_ready(self, name: str) -> bool:
        """Whether a worker has said so since it was last started."""
        with (self.log / f"{name}.log").open("rb") as log:
            log.seek(self._said_before[name])
            return b" ready." in log.read()

    def _start(self, name: str) -> None:
        log = self.log / f"{name}.log"
        self._said_before[name] = log.stat().st_size if log.exists() else 0
        self.running[name] = processes.start(self.commands[name], environment=self.environment, folder=BASE, log=log)

    def _answers(self) -> bool:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            direct.open(f"http://127.0.0.1:{self.port}/livez", timeout=2).close()
        except OSError:
            return False
        return True


def _commands(port: int, folder: Path) -> dict[str, list[str]]:
    """The launcher's own commands; what there are two of gets a name and a notebook each."""
    web, worker, beat = part_commands(port).values()
    workers = {name: [*worker, "--hostname", f"{name}@chaos"] for name in WORKERS}
    beats = {name: [*beat, "--schedule", str(folder / name)] for name in BEATS}
    return {WEB: web} | workers | beats
