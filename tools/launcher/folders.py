"""Where things lie: the project's folder, the folder for data, and the locks that keep two copies apart."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.launcher.refusal import Refusal

BASE = Path(__file__).resolve().parent.parent.parent


def var_folder() -> Path:
    """Return the folder for data, which git ignores; FOLLOWUP_VAR names another one. Raise Refusal if it cannot be."""
    folder = Path(os.environ.get("FOLLOWUP_VAR") or BASE / "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "log").mkdir(exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refusal(
            f"The folder {folder} cannot be written ({error.strerror}): "
            "copy the project to a folder of your own, or set FOLLOWUP_VAR to one."
        ) from None
    return folder


@contextmanager
def held_alone(path: Path, taken: str) -> Iterator[Path]:
    """Hold the lock file `path` while the block runs; raise Refusal saying `taken` if another process holds it.

    What the holder wrote into the file is added to the sentence. The lock goes with the process, however it dies.
    """
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refusal(taken.format(holder=lock.read().strip() or "another process")) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield path


def write_private(path: Path, text: str) -> None:
    """Write `text` so that only this user can read it, and whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(path)
