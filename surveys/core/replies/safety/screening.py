"""Screen any text for danger: two readers, either may raise a flag, neither may clear what the other raised."""

from dataclasses import dataclass
from typing import Final, Literal

from surveys.core.replies.safety import lists
from surveys.core.replies.safety.phrases import PhraseTree
from surveys.core.replies.safety.rules import Finding, findings
from surveys.core.replies.safety.vocabulary import build

SCREEN_VERSION: Final = "2026.11.1"
FLAGS: Final = ("crisis", "emergency", "side_effect_severe")
Tier = Literal["emergency", "urgent", "watch", "none"]
_TIERS: Final[tuple[Tier, ...]] = ("emergency", "urgent", "watch", "none")

_VOCABULARY_LISTS: Final = ("crisis", "emergency", "side_effect", "watch", "idioms", "context")


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen saw in one text.

    `flags` ring the bell; `tier` is clinical content 4.2: emergency, urgent, watch or none. A phrase taken back by its
    context ("not suicidal") raises no flag but lowers its tier by one step only, so that a person still reads it.
    `reasons` name list entries or the model, never words of the patient.
    """

    flags: tuple[str, ...]
    tier: Tier
    reasons: tuple[str, ...]
    version: str


def _assemble() -> tuple[PhraseTree, object]:
    entries = [entry for name in _VOCABULARY_LISTS for entry in lists.phrases(name)]
    rewrite = lists.pairs("spelling")
    vocabulary = build(rewrite, lists.pairs("classes"), (), ())
    tree = PhraseTree(entries, vocabulary.classes, rewrite)
    return tree, build(rewrite, lists.pairs("classes"), tree.words(), lists.pairs("plain"))


_TREE, _VOCABULARY = _assemble()


def screen(text: str) -> Screening:
    """Screen a text in any language and spelling; never raises, and the same text always gives the same screening."""
    pieces = _VOCABULARY.read(text)
    found = findings(pieces, _TREE.find(pieces.words, pieces.breaks))
    raised = {flag for finding in found if not finding.lowered for flag in finding.flags}
    worst = min((_step(finding) for finding in found), default=len(_TIERS) - 1)
    return Screening(
        flags=tuple(flag for flag in FLAGS if flag in raised),
        tier=_TIERS[worst],
        reasons=tuple(dict.fromkeys(_reason(finding) for finding in found)),
        version=SCREEN_VERSION,
    )


def _step(finding: Finding) -> int:
    """The place of a finding in the tiers, one step lower where its context takes it back; never none."""
    return min(finding.tier - 1 + bool(finding.lowered), 2)


def _reason(finding: Finding) -> str:
    return f"list: {finding.phrase}" + (f" ({finding.lowered})" if finding.lowered else "")
