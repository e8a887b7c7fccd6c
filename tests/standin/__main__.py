"""`python -m tests.standin --port 8025`: the stand-in as a process of its own, for trying faults by hand.

A line `{"fault": "reset_after", "count": 3}` or `{"rates": {"reset_after": 0.05}}` on standard input changes how it
behaves; `{"journal": true}` prints what it took.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.standin.server import ACCOUNT, TOKEN, StandIn


def obey(standin: StandIn, wish: dict[str, Any]) -> None:
    """Do what one line asks for."""
    if "fault" in wish:
        standin.faults.ask(*[wish["fault"]] * wish.get("count", 1))
    if "rates" in wish:
        standin.faults.rates = wish["rates"]
    if "slowness" in wish:
        standin.faults.slowness = wish["slowness"]
    if "list_status" in wish:
        standin.faults.list_status = wish["list_status"]
    if "callbacks" in wish:
        for name, value in wish["callbacks"].items():
            setattr(standin.callbacks.manner, name, value)
    if wish.get("journal"):
        journal = [[message.sid, message.to, message.body, message.status] for message in standin.books.taken()]
        print(json.dumps(journal), flush=True)  # noqa: T201  # the journal is this command's answer


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8025)
    with StandIn(port=parser.parse_args().port) as standin:
        standin.callbacks.manner.on = True
        about = {"url": standin.url, "account": ACCOUNT, "token": TOKEN}
        print(json.dumps(about), flush=True)  # noqa: T201  # says where it listens
        for line in sys.stdin:
            obey(standin, json.loads(line))


if __name__ == "__main__":
    main()
