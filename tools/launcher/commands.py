"""The commands besides the service itself: tests, checks, measurements, locks."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.launcher.browser import ensure_chromium
from tools.launcher.folders import BASE, var_folder
from tools.launcher.packages import environment_folder
from tools.launcher.refusal import Refusal
from tools.launcher.serve import serve
from tools.launcher.services import SETTINGS, services

TEST_WORKERS = "2"


def test(arguments: list[str]) -> int:
    """Run every test against a database and a broker of their own; `arguments` go to pytest."""
    with _throw_away_services(durable=False) as environment:
        environment["CHROMIUM"] = ensure_chromium()
        options = ["-n", TEST_WORKERS, "--dist", "loadfile", "--cov", "--cov-report=term"]
        return _python(["-m", "pytest", *options, *arguments], environment)


def check(arguments: list[str]) -> int:
    """Run every check to its end and return 1 if any of them found something."""
    if arguments:
        raise Refusal("check takes no arguments: it looks at the whole project.")
    programs = environment_folder() / "bin"
    with _throw_away_services(durable=False) as environment:
        failed = [name for name, command in _checks(programs).items() if not _passes(name, command, environment)]
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run the benchmarks against a database that keeps its promises on disk."""
    with _throw_away_services(durable=True) as environment:
        return _python(["-m", "bench", *arguments], environment)


def chaos(arguments: list[str]) -> int:
    """Run the long fault run, which starts, kills and audits real processes of its own."""
    return _python(["-m", "tests.chaos", *arguments], _neutral_environment(var_folder()))


def lock(arguments: list[str]) -> int:
    """Renew the lock files from the .in files; raise Refusal when a package cannot be resolved."""
    for source, target in (
        ("requirements.in", "requirements.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
        ("tools/launcher/requirements-uv.in", "tools/launcher/requirements-uv.txt"),
    ):
        uv = [str(environment_folder() / "bin" / "uv"), "pip", "compile", "--quiet", "--universal", "--no-header"]
        command = [*uv, "--python-version", "3.11", "--generate-hashes", *arguments, source, "-o", target]
        if subprocess.run(command, cwd=BASE, check=False).returncode:
            raise Refusal(f"{source} could not be locked; the reason stands above.")
        print(f"{target} is up to date.")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "serve": serve,
    "test": test,
    "check": check,
    "bench": bench,
    "chaos": chaos,
    "lock": lock,
}


def _checks(programs: Path) -> dict[str, list[str]]:
    """Return the checks by name, quickest first."""
    manage = [sys.executable, "manage.py"]
    return {
        "format": [str(programs / "ruff"), "format", "--check", "--quiet", "."],
        "lint": [str(programs / "ruff"), "check", "--quiet", "."],
        "import contracts": [str(programs / "lint-imports"), "--no-cache"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "system": [*manage, "check", "--fail-level", "WARNING"],
        "types": [str(programs / "mypy"), "."],
    }


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check and print its name, its time, and what it says when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False)
    word = "failed" if done.returncode else "ok"
    print(f"{name:20} {word:8} {time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


@contextmanager
def _throw_away_services(*, durable: bool) -> Iterator[dict[str, str]]:
    """Give an environment with a fresh database and broker, which are gone afterwards."""
    place = var_folder() / "throw-away"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=place))
    (folder / "log").mkdir()
    environment = _neutral_environment(folder)
    passwords = {name: secrets.token_urlsafe(16) for name in ("POSTGRES_PASSWORD", "VALKEY_PASSWORD")}
    try:
        with services(environment, folder, passwords, durable=durable):
            yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _neutral_environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without settings of the product, so that a .env file changes nothing."""
    return dict(os.environ) | dict.fromkeys(SETTINGS, "") | {"FOLLOWUP_VAR": str(folder), "PYTHONUNBUFFERED": "1"}


def _python(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.run([sys.executable, *arguments], cwd=BASE, env=environment, check=False).returncode
