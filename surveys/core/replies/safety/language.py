"""The words and phrases of all languages, assembled once from the packaged lists."""

from typing import Final

from surveys.core.replies.safety import lists
from surveys.core.replies.safety.phrases import PhraseTree
from surveys.core.replies.safety.vocabulary import Vocabulary, build, classes_of_words

_LISTS: Final = ("crisis", "emergency", "side_effect", "watch", "idioms", "context")


def _assemble() -> tuple[PhraseTree, Vocabulary]:
    rewrite = lists.pairs("spelling")
    classes = classes_of_words(lists.pairs("classes"), rewrite)
    tree = PhraseTree((entry for name in _LISTS for entry in lists.phrases(name)), classes, rewrite)
    return tree, build(rewrite, classes, tree.words(), lists.pairs("plain"))


TREE, VOCABULARY = _assemble()
