"""Generated documents say what the code says today."""

from pathlib import Path

from tools.docs import states
from tools.roles import roles

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_state_diagrams_are_fresh() -> None:
    assert (DOCS / "STATES.md").read_text() == states(), "stale: run python -m tools.docs"


def test_the_table_of_roles_is_fresh() -> None:
    assert (DOCS / "ROLES.md").read_text() == roles(), "stale: run python -m tools.docs"
