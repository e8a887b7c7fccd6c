"""The words and phrases of all languages, assembled once from the packaged lists."""

from typing import Final

from surveys.core.replies.safety import lists
from surveys.core.replies.safety.phrases import Phrases
from surveys.core.replies.safety.vocabulary import Vocabulary, build, words_of_classes

_LISTS: Final = ("crisis", "emergency", "side_effect", "watch", "idioms", "context")


def _assemble() -> tuple[Phrases, Vocabulary]:
    rewrite = lists.pairs("spelling")
    classes = words_of_classes(lists.pairs("classes"), rewrite)
    known = Phrases((entry for name in _LISTS for entry in lists.phrases(name)), classes, rewrite)
    return known, build(rewrite, classes, known.words, lists.words("plain") | lists.words("ordinary"))


PHRASES, VOCABULARY = _assemble()
