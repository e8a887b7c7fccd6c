"""`python3 run.py chaos [--short] [--kills N] [--sends N] [--seed S]`: ends with 1 if the audit failed."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import django

from tests.chaos.processes import OURS, Parts
from tests.standin import StandIn
from tests.standin.server import ACCOUNT, TOKEN
from tools.launcher.embedded import free_port
from tools.launcher.folders import var_folder
from tools.launcher.processes import hear_every_signal_as_ctrl_c
from tools.launcher.refusal import Refusal
from tools.launcher.serve import OWN_SECRETS
from tools.launcher.services import SETTINGS, own_secrets, services

LONG = {"kills": 200, "sends": 1000, "patience": 60.0}
SHORT = {"kills": 6, "sends": 40, "patience": 10.0}
FAULTS = dict.fromkeys(
    (
        *("reset_before", "reset_after", "drop_after", "hang_after", "error_before", "error_after"),
        *("bad_json", "html_before", "html_after", "throttle", "throttle_later"),
    ),
    0.01,
)
"""Every fault of the stand-in, each in one of a hundred requests."""

HANG_SECONDS = 12.0
"""Longer than our client waits for an answer."""

LIST_LAG = timedelta(seconds=5)
CALLBACKS = {"on": True, "doubled": 0.1, "reordered": 0.1, "late": 0.1, "missing": 0.1}
SLOWNESS = 0.05
"""Seconds between accept and answer, so that a kill can come between them."""

BEGUN = time.monotonic()


def main() -> int:
    """Give the run servers of its own, and keep their logs when it found something."""
    wanted = _arguments()
    place = var_folder() / "throw-away"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="chaos-", dir=place))
    (folder / "log").mkdir()
    whole = False
    try:
        whole = _run(folder, wanted)
    finally:
        if whole:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"The logs are in {folder / 'log'}.")
    return 0 if whole else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py chaos", description="Kill the service while it works, then audit it.")
    parser.add_argument("--short", action="store_true", help="the form that is part of the tests")
    parser.add_argument("--kills", type=int, help="processes to kill (200; short: 6)")
    parser.add_argument("--sends", type=int, help="texts to plan, about (1000; short: 40)")
    parser.add_argument("--seed", type=int, default=1, help="for another run of the same length")
    given = parser.parse_args()
    for name, figure in (SHORT if given.short else LONG).items():
        if getattr(given, name, None) is None:
            setattr(given, name, figure)
    if given.kills < 1 or given.sends < 1:
        parser.error("--kills and --sends must be at least 1")
    return given


def _run(folder: Path, wanted: argparse.Namespace) -> bool:
    say(f"{wanted.kills} kills, about {wanted.sends} texts, seed {wanted.seed}. Starting ...")
    environment, passwords, port = dict(os.environ), own_secrets(folder), free_port()
    address = f"http://127.0.0.1:{port}"
    with StandIn(seed=wanted.seed) as provider:
        provider.faults.slowness, provider.faults.rates = SLOWNESS, FAULTS
        provider.faults.hang_seconds, provider.books.lag = HANG_SECONDS, LIST_LAG
        for name, value in CALLBACKS.items():
            setattr(provider.callbacks.manner, name, value)
        environment |= _settings(folder, address, provider.url) | {name: passwords[name] for name in OWN_SECRETS}
        with services(environment, folder, passwords, durable=True) as servers:
            os.environ.update(environment)
            django.setup()
            from tests.chaos.run import Wish, run  # it holds models, which need the settings above

            wish = Wish(wanted.kills, wanted.sends, wanted.seed, wanted.patience)
            return run(Parts(environment, servers, port, folder), provider, address, wish, say)


def _settings(folder: Path, address: str, provider: str) -> dict[str, str]:
    """Only settings of the run itself: none of this machine's."""
    return dict.fromkeys(SETTINGS, "") | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "FOLLOWUP_VAR": str(folder),
        "PUBLIC_BASE_URL": address,
        "GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": OURS,
        "TWILIO_API_BASE_URL": provider,
        "SWEEP_SECONDS": "1",
        "LOG_FORMAT": "console",
        "PYTHONUNBUFFERED": "1",
    }


def say(text: str) -> None:
    """Print progress, with the seconds since the start."""
    print(f"{time.monotonic() - BEGUN:6.1f} s  {text}", flush=True)  # noqa: T201  # the audit is this command's answer


if __name__ == "__main__":
    hear_every_signal_as_ctrl_c()
    try:
        sys.exit(main())
    except Refusal as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)
