"""Reads the command line, goes over to the environment's Python, and turns refusals into sentences."""

import os
import sys

from tools.launcher.folders import BASE
from tools.launcher.packages import DEVELOPMENT, RUNTIME, ensure_packages, environment_folder
from tools.launcher.processes import hear_every_signal_as_ctrl_c
from tools.launcher.refusal import Refusal

HELP = """python3 run.py            run the whole service here: http://127.0.0.1:8000/ (PORT=8001 for another port)
python3 run.py setup      only make .venv and install the pinned packages
python3 run.py test       run every test; more arguments go to pytest
python3 run.py check      format, lint, types, import contracts
python3 run.py bench      the benchmarks
python3 run.py chaos      the long fault run against real processes
python3 run.py lock       renew requirements*.txt from requirements*.in"""

LOCKS = {"serve": RUNTIME, "setup": RUNTIME} | dict.fromkeys(("test", "check", "bench", "chaos", "lock"), DEVELOPMENT)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    command, *rest = arguments or ["serve"]
    if command in ("help", "-h", "--help"):
        print(HELP)
        return 0
    if command not in LOCKS:
        print(f"run.py has no command {command!r}; it has:\n{HELP}", file=sys.stderr)
        return 2
    hear_every_signal_as_ctrl_c()
    try:
        return _run(command, rest)
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: str, rest: list[str]) -> int:
    """Make sure of the packages, then carry the command out with them."""
    python = ensure_packages(LOCKS[command])
    if os.path.realpath(sys.prefix) != os.path.realpath(environment_folder()):
        sys.stdout.flush()
        os.execv(python, [str(python), str(BASE / "run.py"), command, *rest])  # noqa: S606  # our own Python, no shell wanted
    if command == "setup":
        print(f"Ready: {environment_folder()}")
        return 0
    from tools.launcher.commands import COMMANDS

    return COMMANDS[command](rest)
