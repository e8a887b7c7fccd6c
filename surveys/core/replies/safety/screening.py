"""Screen any text for danger: two readers, either may raise a flag, neither may clear what the other raised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from surveys.core.replies.intents import reaction
from surveys.core.replies.learnt.model import load
from surveys.core.replies.normalise import MAX_LENGTH
from surveys.core.replies.safety import lists
from surveys.core.replies.safety.language import PHRASES, VOCABULARY
from surveys.core.replies.safety.phrases import places
from surveys.core.replies.safety.rules import Finding, findings, for_model
from surveys.core.replies.safety.sentences import SentenceReader

# The code's own version, and one of the lists and weights that follows them by itself.
SCREEN_VERSION: Final = "2026.11.3+" + lists.digest()
FLAGS: Final = ("crisis", "emergency", "side_effect_severe")
Tier = Literal["emergency", "urgent", "watch", "none"]
LEANING: Final = -1.0
"""Margin of the model (log odds) from which a doubtful phrase counts; chosen by the curve in training/safety."""
ALONE: Final = "alone"
_STEP_OF_MODEL: Final = {"crisis": 1, "emergency": 0, "side_effect_severe": 1}
_TIERS: Final[tuple[Tier, ...]] = ("emergency", "urgent", "watch", "none")


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen saw in one text.

    `flags` ring the bell; `tier` is clinical content 4.2: emergency, urgent, watch or none. A phrase taken back by its
    context ("not suicidal") raises no flag but lowers its tier by one step only, so that a person still reads it.
    `lowered` are the flags that such phrases would have raised. `reasons` name list entries or the model, never words
    of the patient.
    """

    flags: tuple[str, ...]
    tier: Tier
    reasons: tuple[str, ...]
    version: str
    lowered: tuple[str, ...] = ()


_MODEL: Final = load(lists.packed_model())
_SENTENCES: Final = SentenceReader(lists.subwords(), lists.encoder(), lists.arrays("sentences"))


def screen(text: str) -> Screening:
    """Screen a text in any language and spelling; never raises, and the same text always gives the same screening.

    A reaction notice is the phone's own text and quotes one that was screened, or written by us, when it was sent.
    """
    if len(text) <= MAX_LENGTH and reaction(text):
        return Screening((), "none", ("reaction notice",), SCREEN_VERSION)
    pieces = VOCABULARY.read(text)
    starts, everywhere = places(pieces.words)
    hits = PHRASES.find(pieces.words, pieces.breaks, starts)
    margins = _MODEL.margins(for_model(pieces, hits), VOCABULARY.classes, _SENTENCES.scores(text))
    found = [_weighed(finding, margins) for finding in findings(pieces, hits)]
    judged = [(flag, margin) for flag, margin in margins.items() if margin > 0]
    raised = {flag for finding in found if not finding.lowered for flag in finding.flags} | {flag for flag, _ in judged}
    unread = [] if everywhere else ["too long and varied to be read whole"]
    steps = [*map(_step, found), *(_STEP_OF_MODEL[flag] for flag, _ in judged), *(2 for _ in unread)]
    return Screening(
        flags=tuple(flag for flag in FLAGS if flag in raised),
        tier=_TIERS[min(steps, default=len(_TIERS) - 1)],
        reasons=tuple(
            dict.fromkeys([*map(_reason, found), *(f"model: {flag} by {by:.1f}" for flag, by in judged), *unread])
        ),
        version=SCREEN_VERSION,
        lowered=tuple(
            flag for flag in FLAGS if any(_taken_back(finding) and flag in finding.flags for finding in found)
        ),
    )


def _weighed(finding: Finding, margins: Mapping[str, float]) -> Finding:
    """A doubtful phrase stands where the model leans the same way; else it is left to the person who reads the text."""
    if not finding.doubtful or finding.lowered or any(margins[flag] > LEANING for flag in finding.flags):
        return finding
    return replace(finding, lowered=ALONE)


def _taken_back(finding: Finding) -> bool:
    """Whether its context takes the edge off a phrase that would otherwise ring by itself."""
    return finding.lowered is not None and finding.lowered != ALONE


def _step(finding: Finding) -> int:
    """The place of a finding in the tiers, one step lower where its context takes it back; never none."""
    return 2 if finding.lowered == ALONE else min(finding.tier - 1 + bool(finding.lowered), 2)


def _reason(finding: Finding) -> str:
    return f"list: {finding.phrase}" + (f" ({finding.lowered})" if finding.lowered else "")
