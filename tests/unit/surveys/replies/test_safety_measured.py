"""How well the safety screen reads labelled texts: recall and false alarms, printed, with the least that is accepted.

`tier1.jsonl` has direct phrases of intent, plan, act and medical emergency (clinical content, 4.2 point 13);
`own.jsonl` hard texts that were in view while the screen was made. The held-out sets were written without a look at the
screen, the second and third by somebody else altogether; what each said at first sight stands in docs/adr/0031 and
training/safety/README.md. Later changes had their mistakes in view, so the next honest measurement needs new texts.
"""

import json
import sys
from collections import Counter
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from bench.safety import STRANGERS, everyday
from surveys.core.replies.safety import screen

DATA = Path(__file__).parents[3] / "data" / "safety"
FLAGS = ("crisis", "emergency", "side_effect_severe")


def _load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share of `hits` in `total`, after Wilson."""
    z = 1.96
    share = hits / total
    middle = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def measure(cases: list[dict[str, Any]]) -> Counter[tuple[str, str, bool]]:
    """Count, by language and flag or "harmless", the texts for which it was raised (for harmless ones: anything)."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    for case in cases:
        raised = screen(case["text"]).flags
        for flag in case["flags"]:
            counts[case["lang"], flag, flag in raised] += 1
        if not case["flags"]:
            counts[case["lang"], "harmless", bool(raised)] += 1
    return counts


def share(counts: Counter[tuple[str, str, bool]], kind: str, language: str | None = None) -> tuple[int, int]:
    """Texts raised and all texts of a kind, in one language or in all."""
    chosen = {key: count for key, count in counts.items() if key[1] == kind and language in {None, key[0]}}
    return sum(count for key, count in chosen.items() if key[2]), sum(chosen.values())


def _print_table(name: str, counts: Counter[tuple[str, str, bool]]) -> None:
    sys.stdout.write(f"\n{name}\n")
    for kind in (*FLAGS, "harmless"):
        for language in ("en", "es", None):
            hits, total = share(counts, kind, language)
            low, high = wilson(hits, total)
            interval = f"({low:.1%} to {high:.1%})"
            sys.stdout.write(f"  {kind:20} {language or 'all':4} {hits:4}/{total:<4} {hits / total:6.1%}  {interval}\n")


def test_direct_phrases_are_all_raised_as_emergencies_in_both_languages() -> None:
    cases = _load("tier1.jsonl")
    assert min(Counter(case["lang"] for case in cases).values()) >= 200
    missed = [
        case["id"]
        for case in cases
        if case["flag"] not in screen(case["text"]).flags or screen(case["text"]).tier != "emergency"
    ]
    assert not missed


@pytest.mark.parametrize(
    ("name", "least", "most_false"),
    [
        ("own.jsonl", {"crisis": 0.97, "emergency": 0.98, "side_effect_severe": 0.97}, 0.08),
        ("held_out.jsonl", {"crisis": 0.96, "emergency": 0.98, "side_effect_severe": 0.98}, 0.07),
        ("held_out_2.jsonl", {"crisis": 0.97, "emergency": 0.98, "side_effect_severe": 0.97}, 0.08),
        ("held_out_3.jsonl", {"crisis": 0.93, "emergency": 0.93, "side_effect_severe": 0.86}, 0.2),
        ("held_out_4.jsonl", {"crisis": 0.96, "emergency": 0.98, "side_effect_severe": 0.97}, 0.08),
        ("held_out_5.jsonl", {"crisis": 0.95, "emergency": 0.92, "side_effect_severe": 0.93}, 0.08),
        ("held_out_6.jsonl", {"crisis": 0.88, "emergency": 0.94, "side_effect_severe": 0.95}, 0.08),
    ],
)
def test_hard_texts_are_read_at_least_as_well_as_when_last_measured(
    name: str, least: dict[str, float], most_false: float
) -> None:
    counts = measure(_load(name))
    _print_table(name, counts)
    for flag in FLAGS:
        hits, total = share(counts, flag)
        assert hits / total >= least[flag]
    hits, total = share(counts, "harmless")
    assert hits / total <= most_false


@pytest.mark.parametrize(
    ("whose", "names", "most"), [("our own", ("own.jsonl",), 0.012), ("strangers", STRANGERS, 0.035)]
)
def test_replies_of_every_day_seldom_ring_the_bell(whose: str, names: tuple[str, ...], most: float) -> None:
    """Every second reply of our own is training text: only the strangers' say how a new clinic's patients fare."""
    harmless = [reply for name in names for reply, _ in everyday(name)]
    alarms = sum(bool(screen(reply).flags) for reply in harmless)
    low, high = wilson(alarms, len(harmless))
    sys.stdout.write(
        f"\nreplies of every day, {whose}: {alarms}/{len(harmless)} {alarms / len(harmless):.1%}"
        f" ({low:.1%} to {high:.1%})\n"
    )
    assert alarms / len(harmless) <= most


def test_a_week_of_a_strangers_clinic_seldom_rings_the_bell() -> None:
    """`everyday.jsonl` holds 600 replies that call for nobody, every one with words; nothing was learnt from it."""
    harmless = _load("everyday.jsonl")
    alarms = sum(bool(screen(case["text"]).flags) for case in harmless)
    low, high = wilson(alarms, len(harmless))
    sys.stdout.write(f"\na week: {alarms}/{len(harmless)} {alarms / len(harmless):.1%} ({low:.1%} to {high:.1%})\n")
    assert alarms / len(harmless) <= 0.05
