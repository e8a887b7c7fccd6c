"""How well and how fast replies are read: accuracy by type, language and difficulty, then time per reading."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Row
from surveys.core.replies.cases import moment_from, previous_from, question_from, value_to_json
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Reading

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "replies"
SETS = (
    "examples.jsonl",
    "own.jsonl",
    "own_choices.jsonl",
    "own_quantities.jsonl",
    "held_out.jsonl",
    *(f"held_out_{number}.jsonl" for number in range(2, 14)),
)
"""The held-out sets were written by people who had not seen the reader; each is studied after its first reading."""

RECORDING = ("answer", "correction")
OWN_FLAGS = ("tapback", "autoreply", "wrong_number")


@dataclass(frozen=True)
class Judgement:
    """How one case was read; verdict is right, wrong_value, needless or other."""

    case: dict[str, Any]
    reading: Reading
    verdict: str


def load(name: str) -> list[dict[str, Any]]:
    """The cases of one file of tests/data/replies."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]


def judge(case: dict[str, Any]) -> Judgement:
    """Reads one case and compares it with the wanted reading and the others that are accepted."""
    question = question_from(case["question"]) if case["question"] else None
    reading = read(
        question,
        case["reply"],
        case["lang"],
        now=moment_from(case.get("now")),
        previous=previous_from(case.get("previous")),
    )
    wanted = [case["expect"], *case["expect"].get("alt", ())]
    got = (reading.kind, value_to_json(reading.value))
    if any(got == (each["kind"], each.get("value")) for each in wanted):
        verdict = "right"
    elif reading.kind in RECORDING and reading.value is not None:
        verdict = "wrong_value"
    elif reading.kind in {"reprompt", "other_intent"} and all(each["kind"] in RECORDING for each in wanted):
        verdict = "needless"
    else:
        verdict = "other"
    return Judgement(case, reading, verdict)


def table(judgements: Iterable[Judgement], *, by: str) -> list[tuple[str, Counter[str]]]:
    """Counts of verdicts, grouped by type, lang or difficulty."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for each in judgements:
        question = each.case["question"] or {"type": "none"}
        group = question["type"] if by == "type" else each.case.get(by, "")
        groups[str(group)][each.verdict] += 1
    return sorted(groups.items())


def opt_out_counts(judgements: Iterable[Judgement]) -> tuple[int, int, int]:
    """Opt-outs found, missed and imagined."""
    found = missed = imagined = 0
    for each in judgements:
        wanted = {one["kind"] for one in (each.case["expect"], *each.case["expect"].get("alt", ()))}
        is_one = each.reading.kind == "opt_out"
        found += is_one and "opt_out" in wanted
        missed += not is_one and wanted == {"opt_out"}
        imagined += is_one and "opt_out" not in wanted
    return found, missed, imagined


def interval(hits: int, trials: int) -> tuple[float, float]:
    """The Wilson interval of a share, at 95 %."""
    if not trials:
        return 0.0, 1.0
    share, z = hits / trials, 1.96
    middle = share + z * z / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    width = 1 + z * z / trials
    return max(0.0, (middle - reach) / width), min(1.0, (middle + reach) / width)


def report(name: str, judgements: list[Judgement]) -> str:
    """The figures of one set as text."""
    lines = [f"{name}: {len(judgements)} replies"]
    for by in ("type", "lang", "difficulty"):
        for group, counts in table(judgements, by=by):
            lines.append(_line(by, group, counts))
    counts = Counter(each.verdict for each in judgements)
    found, missed, imagined = opt_out_counts(judgements)
    for verdict in ("wrong_value", "needless"):
        low, high = interval(counts[verdict], len(judgements))
        lines.append(f"  {verdict:<12} {counts[verdict] / len(judgements):.2%} (95 % interval {low:.2%} to {high:.2%})")
    lines.append(_line("all", f"{counts['wrong_value'] / len(judgements):.2%} wrong", counts))
    recall, precision = interval(found, found + missed), interval(found, found + imagined)
    lines.append(
        f"  opt-out: {found} found, {missed} missed, {imagined} imagined;"
        f" recall at least {recall[0]:.1%}, precision at least {precision[0]:.1%} (95 %)"
    )
    return "\n".join(lines)


def _line(by: str, group: str, counts: Counter[str]) -> str:
    total = sum(counts.values())
    return (
        f"  {by:<10} {group:<14} {total:>5}  right {counts['right'] / total:7.1%}  wrong value"
        f" {counts['wrong_value']:>3}  needless re-ask {counts['needless'] / total:6.1%}  other {counts['other']:>3}"
    )


def speed(cases: list[dict[str, Any]], *, rounds: int = 5) -> dict[str, float]:
    """Milliseconds of one core per reading, safety screen included: median and 99th percentile."""
    times = []
    prepared = [
        (
            question_from(case["question"]) if case["question"] else None,
            case["reply"],
            case["lang"],
            moment_from(case.get("now")),
            previous_from(case.get("previous")),
        )
        for case in cases
    ]
    for _ in range(rounds):
        for question, reply, language, now, previous in prepared:
            begun = time.thread_time()
            read(question, reply, language, now=now, previous=previous)
            times.append((time.thread_time() - begun) * 1000)
    times = times[len(prepared) :]
    return {"median_ms": statistics.median(times), "p99_ms": sorted(times)[int(len(times) * 0.99)]}


def hostile() -> dict[str, float]:
    """Milliseconds of one core for texts made to be slow."""
    question = question_from(load("examples.jsonl")[0]["question"])
    texts = {
        "digits": "7" * 100_000,
        "number words": "seven " * 16_667,
        "half patterns": "please stop the " * 6_250,
        "quotes": "“" * 100_000,
        "accents": "e" + "\u0301" * 99_999,
    }
    out = {}
    for name, text in texts.items():
        for size, label in ((100_000, "100 kB"), (2_000, "2 kB")):
            begun = time.thread_time()
            read(question, text[:size], "en")
            out[f"{name}, {label}"] = (time.thread_time() - begun) * 1000
    return out


def rows() -> list[Row]:
    """The figures for the table of all benchmarks; the goals are those of the reply reader's issue."""
    found: list[Row] = []
    for name in SETS:
        judgements = [judge(case) for case in load(name)]
        print(report(name, judgements))
        counts = Counter(each.verdict for each in judgements)
        shares = {verdict: counts[verdict] / len(judgements) for verdict in ("wrong_value", "needless")}
        label = f"replies: {name.removesuffix('.jsonl')} ({len(judgements)})"
        found.append(_row(f"{label}, wrong values", shares["wrong_value"] * 100, "%", 0.3))
        found.append(_row(f"{label}, needless re-asks", shares["needless"] * 100, "%", 5))
    times = speed(load("examples.jsonl"))
    found.append(_row("replies: one reading, median", times["median_ms"], "ms", 1))
    found.append(_row("replies: one reading, p99", times["p99_ms"], "ms", 5))
    found.append(_row("replies: slowest hostile text of 100 kB or 2 kB", max(hostile().values()), "ms", 50))
    return found


def _row(name: str, value: float, unit: str, goal: float) -> Row:
    return Row(name, round(value, 3), unit, goal=f"<= {goal}", met=value <= goal)


def main() -> None:
    """Prints the tables and the figures without a database."""
    for row in rows():
        print(f"{row.name:<60} {row.value:>10.3f} {row.unit:<4} {row.goal:<8} {'met' if row.met else 'MISSED'}")


if __name__ == "__main__":
    main()
