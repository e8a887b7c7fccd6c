"""By when a person should have looked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followup.core.deadlines import due_by
from followup.core.lifecycle import Level

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=CHICAGO)


@pytest.mark.parametrize(("level", "minutes"), [(Level.EMERGENCY, 5), (Level.URGENT, 30)])
def test_serious_items_count_in_minutes(level: Level, minutes: int) -> None:
    assert due_by(level, FRIDAY, "America/Chicago") == FRIDAY + timedelta(minutes=minutes)


def test_a_watch_item_of_friday_is_due_on_monday_at_the_same_hour() -> None:
    assert due_by(Level.WATCH, FRIDAY, "America/Chicago") == datetime(2026, 11, 30, 15, tzinfo=CHICAGO)


def test_the_clocks_going_back_over_the_weekend_do_not_move_the_hour() -> None:
    friday = datetime(2026, 10, 30, 15, tzinfo=CHICAGO)
    assert due_by(Level.WATCH, friday, "America/Chicago") == datetime(2026, 11, 2, 15, tzinfo=CHICAGO)
