"""The hash chain."""

from clinics.core.chain import GENESIS, link

ROW = {"id": 1, "action": "patient.read"}


def test_link_is_the_same_for_the_same_row_at_the_same_place():
    assert link(GENESIS, 1, ROW) == link(GENESIS, 1, dict(reversed(ROW.items())))


def test_link_changes_with_the_row_the_place_and_what_came_before():
    first = link(GENESIS, 1, ROW)
    assert len({first, link(GENESIS, 1, ROW | {"id": 2}), link(GENESIS, 2, ROW), link(first, 1, ROW)}) == 4
