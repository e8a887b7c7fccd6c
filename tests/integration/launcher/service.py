"""Drives `run.py` in a copy of the project, as somebody at a terminal does."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.launcher.embedded import free_port
from tools.launcher.folders import BASE
from tools.launcher.packages import environment_folder

LEFT_BEHIND = (".git", ".venv", "var", "__pycache__", ".env", ".mypy_cache", ".ruff_cache", ".hypothesis", "htmlcov")
SETTLE_SECONDS = 30


def copy_project(target: Path) -> Path:
    """Copy the project without what git ignores."""
    return Path(shutil.copytree(BASE, target, ignore=shutil.ignore_patterns(*LEFT_BEHIND)))


def clean_environment(**changes: str) -> dict[str, str]:
    """Return an environment in which run.py starts its own servers with the packages that are there."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "USER") if name in os.environ}
    return kept | {"FOLLOWUP_VENV": str(environment_folder())} | changes


def run_py(folder: Path, *arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that is expected to end by itself."""
    command = [sys.executable, "run.py", *arguments]
    environment = clean_environment(**changes)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)


def manage(folder: Path, *arguments: str, **changes: str) -> str:
    """Return what a command of manage.py says."""
    command = [sys.executable, "manage.py", *arguments]
    environment = clean_environment(**changes)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Service:
    """A service that was started and says it runs."""

    folder: Path
    port: int
    process: "subprocess.Popen[str]"
    said: str

    def status(self, path: str) -> int:
        """Return the status code of a page."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def becomes_ready(self) -> bool:
        """Wait until every part is well; False when one still is not after SETTLE_SECONDS."""
        return holds_soon(lambda: self.status("/readyz") == 200)

    def manage(self, *arguments: str) -> str:
        """Return what a command says that is typed beside the service, with no setting at all."""
        return manage(self.folder, *arguments)

    def part(self, word: str) -> int:
        """Return the process id of the part of the service whose command line holds `word`."""
        command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)]
        children = subprocess.run(command, capture_output=True, text=True)
        (found,) = [line.split()[0] for line in children.stdout.splitlines() if word in line]
        return int(found)

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        self.said += self.process.communicate(timeout=100)[0]
        return self.process.returncode

    def discard(self) -> None:
        """End a service that a failed test left running."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate()

    def stop(self) -> int:
        """Stop the service as `kill` does."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()


def start(folder: Path, **changes: str) -> Service:
    """Start the service and wait until it says that it runs; fail with all it said when it does not."""
    port = free_port()
    environment = clean_environment(PORT=str(port), **changes)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen([sys.executable, "run.py"], cwd=folder, env=environment, **pipes)
    service = Service(folder, port, process, "")
    assert process.stdout is not None
    for line in process.stdout:
        service.said += line
        if line.startswith("Followup runs at"):
            return service
    raise AssertionError(f"run.py ended with {process.wait()}:\n{service.said}")


def nothing_is_left_of(folder: Path) -> bool:
    """Wait until no process works in or with `folder`; False when one still does after SETTLE_SECONDS."""
    return holds_soon(lambda: not _processes_of(folder))


def holds_soon(condition: Callable[[], bool]) -> bool:
    """Look again and again until the condition holds; False when it still does not after SETTLE_SECONDS."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _processes_of(folder: Path) -> list[str]:
    """Return the processes whose command line, environment or working folder names `folder`."""
    others = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and entry.name != str(os.getpid()))
    return [process.name for process in others if _names(process, folder)]


def _names(process: Path, folder: Path) -> bool:
    try:
        text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        place = os.readlink(process / "cwd")
    except OSError:
        return False
    return os.fsencode(folder) in text or place.startswith(str(folder))
