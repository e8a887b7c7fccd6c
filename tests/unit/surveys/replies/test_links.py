"""The wish for a link, in the words in which people ask for one."""

import pytest

from surveys.core.replies.reader import read
from surveys.core.replies.reading import Question

PAIN = Question("scale", "Pain now, 0 to 10", min=0, max=10)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "send me a link"),
        ("en", "LINK"),
        ("en", "can I do this online?"),
        ("en", "could you text me the link please"),
        ("en", "is there a web form"),
        ("es", "enlace"),
        ("es", "¿Me puede mandar el enlace por favor?"),
        ("es", "¿puedo hacerlo en línea?"),
        ("es", "quiero contestar por internet"),
    ],
)
def test_who_asks_for_a_link_is_understood(language: str, text: str) -> None:
    for question in (PAIN, None):
        reading = read(question, text, language)
        assert (reading.kind, reading.intent) == ("other_intent", "link")


@pytest.mark.parametrize("text", ["7", "the link does not work", "I bought it online", "no internet today, 6"])
def test_other_words_about_the_net_ask_for_none(text: str) -> None:
    assert read(PAIN, text, "en").intent != "link"
