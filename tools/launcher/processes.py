"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `command` in a process group of its own, which ends when we die; its output goes to `log` or to ours."""
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment) if environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # we start no threads
            **(credentials or {}),
        )
    finally:
        if output:
            output.close()


def stop(process: "subprocess.Popen[bytes]", *, seconds: float, by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to end, wait `seconds`, then kill what is left of its group."""
    if process.poll() is None:
        process.send_signal(by)
    wait_or_kill(process, seconds=seconds)


def wait_or_kill(process: "subprocess.Popen[bytes]", *, seconds: float) -> None:
    """Wait until the process has ended, at most `seconds`, then kill what is left of its group."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def hear_every_signal_as_ctrl_c() -> None:
    """Let `kill` and a closed terminal end us as Ctrl-C does: in order.

    Ctrl-C is set too: whoever starts us in the background of a script has us ignore it, and so would all our parts.
    """

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def deafen() -> None:
    """Hear no signal any more, because the end has begun and must not be interrupted half-way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, however it went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
