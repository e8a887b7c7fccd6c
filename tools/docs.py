"""Generated documents: `python -m tools.docs` writes them, tests/rules fails when one is stale."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django

from followup.core.lifecycle import FOLLOW_UP_MOVES, REVIEW_MOVES, SESSION_MOVES
from messaging.core.lifecycle import MOVES
from tools.roles import roles

ROOT = Path(__file__).resolve().parent.parent
LIVES: dict[str, Mapping[Any, frozenset[Any]]] = {
    "Care session (`followup/core/lifecycle.py`)": SESSION_MOVES,
    "Follow-up (`followup/core/lifecycle.py`)": FOLLOW_UP_MOVES,
    "Outgoing text (`messaging/core/lifecycle.py`)": MOVES,
    "Review item (`followup/core/lifecycle.py`)": REVIEW_MOVES,
}
HEADER = """# The lives of the rows

Generated from the tables of moves in `core/lifecycle.py` by `python -m tools.docs`; a test fails when it is stale.
"""


def drawing(moves: Mapping[Any, frozenset[Any]]) -> str:
    """One state diagram in Mermaid: the first status is where a row begins, those without moves are final."""
    first = next(iter(moves))
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for before, after in moves.items():
        lines += [f"    {before} --> {status}" for status in sorted(after)]
        if not after:
            lines.append(f"    {before} --> [*]")
    return "\n".join([*lines, "```"])


def states() -> str:
    """The text of docs/STATES.md."""
    return "\n".join([HEADER, *(f"## {title}\n\n{drawing(moves)}\n" for title, moves in LIVES.items())])


def main() -> None:
    """Write every generated document."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    (ROOT / "docs" / "STATES.md").write_text(states())
    (ROOT / "docs" / "ROLES.md").write_text(roles())


if __name__ == "__main__":
    main()
