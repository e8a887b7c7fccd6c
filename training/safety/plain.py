"""Collect the ordinary words of the training texts into the product's lists, so that none is taken for a slip.

Run from the root of the repository: python -m training.safety.plain
"""

import re
import textwrap
from pathlib import Path

from surveys.core.replies.learnt.normalise import cut
from surveys.core.replies.safety import lists
from surveys.core.replies.safety.language import PHRASES
from training import corpus

LISTS = Path("surveys/core/replies/safety/data")
HEAD = "# Ordinary words of the training texts, written by `python -m training.safety.plain`: never taken for a slip.\n"


def main() -> None:
    """Write the list of every language."""
    dangerous = PHRASES.words | set(lists.pairs("spelling"))
    for language in lists.LANGUAGES:
        found: set[str] = set()
        for line in corpus.lines():
            if line.language == language:
                found.update(cut(re.sub(r"[()|]", " ", line.text)).words)
        ordinary = sorted(word for word in found - dangerous if word.isalpha() and len(word) > 4)
        text = HEAD + textwrap.fill(" ".join(ordinary), 120) + "\n"
        (LISTS / language / "plain.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
