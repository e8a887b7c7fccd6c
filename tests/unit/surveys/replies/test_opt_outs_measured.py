"""How well requests to stop are heard in strangers' words: printed, with the least that is accepted.

Both sets were written by people who had seen neither lists nor training lines: `held_out.jsonl` of far-fetched
wordings, half of them Spanish, `held_out_2.jsonl` of what a large clinic might get in a year. Nothing is learnt from
them (docs/adr/0034); what looks like a request and is none is half of each.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from surveys.core.replies.reader import read
from surveys.core.replies.reading import Question

DATA = Path(__file__).parents[3] / "data" / "opt_outs"
OPEN = Question(type="text", text="Is there anything you want to tell us?")


def _load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "heard_least", "looked_at_least", "imagined_most"),
    [("held_out.jsonl", 0.75, 0.85, 0.05), ("held_out_2.jsonl", 0.87, 0.92, 0.04)],
)
def test_strangers_requests_to_stop_are_heard(
    name: str, heard_least: float, looked_at_least: float, imagined_most: float
) -> None:
    cases = _load(name)
    readings = [(case["label"] == "opt_out", read(OPEN, case["text"], case["lang"])) for case in cases]
    wanted = [reading for asked, reading in readings if asked]
    others = [reading for asked, reading in readings if not asked]
    heard = sum(reading.kind == "opt_out" for reading in wanted)
    looked_at = heard + sum(reading.intent == "may_stop" for reading in wanted)
    imagined = sum(reading.kind == "opt_out" for reading in others)
    sys.stdout.write(
        f"\n{name}: heard {heard}/{len(wanted)}, heard or shown to a person {looked_at}/{len(wanted)}, "
        f"imagined {imagined}/{len(others)}\n"
    )
    assert heard / len(wanted) >= heard_least
    assert looked_at / len(wanted) >= looked_at_least
    assert imagined / len(others) <= imagined_most
