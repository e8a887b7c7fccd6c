"""Makes `.venv` and installs the pinned packages; standard library only, because nothing else is there yet."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

from tools.launcher.folders import BASE, held_alone, var_folder
from tools.launcher.refusal import Refusal
from tools.launcher.system_packages import install_system_package

RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
UV = "tools/launcher/requirements-uv.txt"
MARKER = "followup-ready.json"


def environment_folder() -> Path:
    """Return the virtual environment's folder; FOLLOWUP_VENV names another one than `.venv`."""
    return Path(os.environ.get("FOLLOWUP_VENV") or BASE / ".venv").absolute()


def ensure_packages(lock: str) -> Path:
    """Make sure the packages of the file `lock` are installed and return the environment's Python.

    Raise Refusal with the remedy when the environment or the packages cannot be had.
    """
    venv = environment_folder()
    if _is_ready(venv, lock):
        return _python(venv)
    with held_alone(var_folder() / "setup.lock", "Packages are being installed by {holder}: wait until it is done."):
        if not _is_sound(venv):
            _make(venv)
        _install(venv, lock)
        _mark(venv, lock)
    return _python(venv)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((BASE / lock).read_bytes()).hexdigest()


def _marker(venv: Path) -> dict[str, str]:
    """Return what the environment says of itself; nothing when it was never finished."""
    try:
        marker = json.loads((venv / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) else {}


def _is_sound(venv: Path) -> bool:
    """Say whether the environment was finished once, at this place, by a Python that is still there."""
    return _marker(venv).get("place") == str(venv) and _python(venv).exists()


def _is_ready(venv: Path, lock: str) -> bool:
    """Say whether `lock` is installed; the development packages contain those of the service."""
    marker = _marker(venv)
    wanted = {lock, DEVELOPMENT}
    return _is_sound(venv) and any(marker.get(name) == _fingerprint(name) for name in wanted)


def _mark(venv: Path, lock: str) -> None:
    marker = {"place": str(venv), lock: _fingerprint(lock)}
    (venv / MARKER).write_text(json.dumps(marker), encoding="utf-8")


def _make(venv: Path) -> None:
    """Make the virtual environment, replacing a half-made one."""
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        print(f"{venv.name} was left half made: making it again")
        shutil.rmtree(venv)
    print(f"Making {venv.name} with Python {sys.version_info[0]}.{sys.version_info[1]} ...", flush=True)
    command = [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode and _lacks_ensurepip(made) and install_system_package(_venv_package()):
        made = subprocess.run([*command, "--clear"], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        raise Refusal(_why_no_environment(made, venv))


def _lacks_ensurepip(made: "subprocess.CompletedProcess[str]") -> bool:
    return "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr


def _venv_package() -> str:
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def _why_no_environment(made: "subprocess.CompletedProcess[str]", venv: Path) -> str:
    if _lacks_ensurepip(made):
        return (
            f"This Python cannot make virtual environments: type sudo apt-get install {_venv_package()} and try again."
        )
    return f"{venv} could not be made: {_last_line(made.stdout + made.stderr)}"


def _install(venv: Path, lock: str) -> None:
    """Install the packages of `lock`: with uv, which is twice as fast, or with pip where uv cannot be had."""
    log = var_folder() / "log" / "setup.log"
    count = len(re.findall(r"^\S+==", (BASE / lock).read_text(encoding="utf-8"), re.MULTILINE))
    print(f"Installing {count} packages from {lock}; this takes one to three minutes the first time.", flush=True)
    python = str(_python(venv))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    with log.open("w", encoding="utf-8") as output:
        if _logged([*pip, "install", "--only-binary=:all:", "--require-hashes", "-r", UV], output):
            uv = [str(venv / "bin" / "uv"), "pip", "install", "--python", python, "--compile-bytecode"]
            if _logged([*uv, "--require-hashes", "-r", lock], output):
                return
        print("  uv could not do it; trying pip, which is slower.", flush=True)
        if _logged([*pip, "install", "--require-hashes", "-r", lock], output):
            return
    raise Refusal(_why_not_installed(log))


def _logged(command: list[str], output: TextIO) -> bool:
    """Run `command` with its output in the log, say every ten seconds that it still runs, and return its success."""
    environment = {"PIP_RETRIES": "2", "PIP_TIMEOUT": "20", "UV_PYTHON_DOWNLOADS": "never", "UV_HTTP_TIMEOUT": "20"}
    if mirror := os.environ.get("PIP_INDEX_URL"):
        environment["UV_DEFAULT_INDEX"] = mirror
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=BASE, stdout=output, stderr=subprocess.STDOUT, env=os.environ | environment)
    while True:
        try:
            return process.wait(timeout=10) == 0
        except subprocess.TimeoutExpired:
            print(f"  still installing, {time.monotonic() - started:.0f} s", flush=True)
        except BaseException:
            process.kill()
            raise


def _why_not_installed(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    if "No space left" in text:
        return "The packages could not be installed because the disk is full: free about 1.5 GB and try again."
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in text:
        return f"A package does not match its hash in the lock; nothing of it was installed: see {log}."
    if "No matching distribution" in text and "from versions: none" not in text:
        return f"A package has no file for this system: {_last_line(text)} Followup runs on 64-bit Linux and macOS."
    return (
        "The package registry could not be reached: check the network, or set PIP_INDEX_URL to a mirror "
        f"(or HTTPS_PROXY to a proxy), and try again; details are in {log}."
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given."
