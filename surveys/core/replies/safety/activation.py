"""Words of somebody who sleeps little and feels sped up, beside the screen for danger (clinical content, M8)."""

from typing import Final

from surveys.core.replies.learnt.normalise import cut
from surveys.core.replies.normalise import MAX_LENGTH
from surveys.core.replies.safety import lists
from surveys.core.replies.safety.phrases import Phrases, places

# The screen's spelling corrections know nothing of these words and would bend them: "manic" is not "panic".
_PHRASES: Final = Phrases(lists.phrases("activation"), {}, {})


def is_sped_up(text: str) -> bool:
    """Whether a text speaks of little need for sleep or of being sped up; MAX_LENGTH characters count."""
    pieces = cut(text[:MAX_LENGTH])
    starts, _ = places(pieces.words)
    return bool(_PHRASES.find(pieces.words, pieces.breaks, starts))
