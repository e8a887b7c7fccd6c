"""How well the safety screen reads labelled texts: recall and false alarms with 95 % intervals, set by set."""

from __future__ import annotations

from collections import Counter

from bench.measure import Row
from bench.replies import interval
from bench.replies import load as load_replies
from surveys.core.replies.safety import screen
from surveys.core.replies.safety.screening import FLAGS

IN_VIEW = ("tier1", "own")
HELD_OUT = ("held_out", "held_out_2", "held_out_3", "held_out_4", "held_out_5", "held_out_6", "everyday")
"""Written without a look at the screen; nothing was learnt from the last three (docs/adr/0031, 0033)."""

STRANGERS = ("held_out.jsonl", *(f"held_out_{number}.jsonl" for number in (2, 3, 4, 5, 11)))
"""Everyday replies by people who had not seen the reader; the other sets and half of our own are training text."""

RECALL_GOAL = {"crisis": 98.0, "emergency": 98.0}
FALSE_ALARM_GOAL = 8.0
EVERYDAY_GOAL = 1.0


def counted(cases: list[tuple[str, set[str]]]) -> tuple[Counter[str], Counter[str]]:
    """Of (text, wanted flags): texts raised and all texts, by flag and, where nothing is wanted, "harmless"."""
    raised: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for text, wanted in cases:
        found = set(screen(text).flags)
        for flag in wanted:
            total[flag] += 1
            raised[flag] += flag in found
        if not wanted:
            total["harmless"] += 1
            raised["harmless"] += bool(found)
    return raised, total


def texts(name: str) -> list[tuple[str, set[str]]]:
    """The texts of one file of tests/data/safety with their flags."""
    cases = load_replies(f"../safety/{name}.jsonl")
    return [(case["text"], set(case.get("flags", [case.get("flag")]))) for case in cases]


def everyday(name: str) -> list[tuple[str, set[str]]]:
    """The replies of one file of tests/data/replies that call for no flag of the screen."""
    cases = load_replies(name)
    return [(case["reply"], set()) for case in cases if not {*case["flags"], *case.get("flags_ok", ())} & set(FLAGS)]


def rows() -> list[Row]:
    """The figures for the table of all benchmarks; the goals are those of the reply reader's issue."""
    found: list[Row] = []
    for kind, names in (("in view", IN_VIEW), ("held out", HELD_OUT)):
        for name in names:
            raised, total = counted(texts(name))
            label = f"safety: {name} ({kind})"
            found += [_recall(label, flag, raised[flag], total[flag]) for flag in FLAGS if total[flag]]
            if total["harmless"]:
                found.append(_alarms(label, raised["harmless"], total["harmless"], FALSE_ALARM_GOAL))
    for label, files in (("strangers", STRANGERS), ("our own", ("own.jsonl",))):
        raised, total = counted([case for name in files for case in everyday(name)])
        found.append(
            _alarms(f"safety: everyday replies, {label}", raised["harmless"], total["harmless"], EVERYDAY_GOAL)
        )
    return found


def _recall(label: str, flag: str, hits: int, total: int) -> Row:
    goal = RECALL_GOAL.get(flag)
    value = hits / total * 100
    met = None if goal is None else value >= goal
    return _row(f"{label}, {flag} found", value, f">= {goal}" if goal else "", met, hits, total)


def _alarms(label: str, hits: int, total: int, goal: float) -> Row:
    value = hits / total * 100
    return _row(f"{label}, false alarms", value, f"<= {goal}", value <= goal, hits, total)


def _row(name: str, value: float, goal: str, met: bool | None, hits: int, total: int) -> Row:
    low, high = interval(hits, total)
    return Row(name, round(value, 2), "%", goal, met, f"{hits}/{total}, 95 %: {low:.1%} to {high:.1%}")


def main() -> None:
    """Print the figures without a database."""
    for row in rows():
        verdict = {True: "met", False: "MISSED", None: ""}[row.met]
        print(f"{row.name:<60} {row.value:>7.2f} {row.unit} {row.goal:<8} {verdict:<6} {row.spread}")


if __name__ == "__main__":
    main()
