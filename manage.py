#!/usr/bin/env python3
"""Django's commands. Typed with any Python, it goes on with the one in .venv, where the packages are."""

import importlib.util
import os
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"


def main() -> None:
    """Run the command that was typed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if importlib.util.find_spec("django") is None:
        _go_on_in_venv()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def _go_on_in_venv() -> None:
    """Start again with the Python of .venv; say what to type where there is none."""
    python = VENV / "bin" / "python"
    if Path(sys.prefix) == VENV or not python.exists():
        sys.exit("The packages are not installed yet: type python3 run.py setup first.")
    os.execv(python, [str(python), *sys.argv])  # noqa: S606  # our own interpreter and the words that were typed


if __name__ == "__main__":
    main()
