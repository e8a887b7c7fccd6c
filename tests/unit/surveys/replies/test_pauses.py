"""Until when a wished break lasts."""

from datetime import date, datetime

import pytest

from surveys.core.replies.pauses import pause_end

TUESDAY = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001  # the patient's wall clock


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("pause for 2 weeks please", date(2026, 12, 8)),
        ("can u stop texting me for two weeks", date(2026, 12, 8)),
        ("give me a week", date(2026, 12, 1)),
        ("pause these for a couple of days", date(2026, 11, 26)),
        ("no texts for a few days im on vacation", date(2026, 11, 27)),
        ("hold off for a month", date(2026, 12, 24)),
        ("No texts until Monday", date(2026, 11, 30)),
        ("please pause til tomorrow", date(2026, 11, 25)),
        ("pause until Dec 5", date(2026, 12, 5)),
        ("dont text me until 12/3", date(2026, 12, 3)),
        ("pause until next week", date(2026, 11, 30)),
        ("no more till after the weekend", date(2026, 11, 30)),
        ("pausa por dos semanas", date(2026, 12, 8)),
        ("no me escriban hasta el lunes", date(2026, 11, 30)),
        ("denme un par de días", date(2026, 11, 26)),
        ("hasta el 5 de diciembre por favor", date(2026, 12, 5)),
        ("hasta la próxima semana", date(2026, 11, 30)),
    ],
)
def test_a_named_period_or_day_ends_the_break(text: str, end: date) -> None:
    language = "es" if any(word in text for word in ("pausa ", "hasta", "denme")) else "en"
    assert pause_end(text, language, TUESDAY) == end


@pytest.mark.parametrize(
    "text",
    [
        "pause",
        "I need a break",
        "pause until I feel better",
        "until next Thursday",
        "pause for a year or 2 months or a week",
        "pause for 400 days",
        "pause until yesterday",
        "pause for 1" + "0" * 400 + " weeks",
        "",
    ],
)
def test_what_names_no_certain_day_ahead_names_no_end(text: str) -> None:
    assert pause_end(text, "en", TUESDAY) is None
