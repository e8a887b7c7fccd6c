"""The sentence encoder of the safety screen: how texts are cut, what nearness it sees, and that work is bounded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.core.replies.learnt.model import load
from surveys.core.replies.safety import lists
from surveys.core.replies.safety.encoder import MOST_PIECES, WINDOW
from surveys.core.replies.safety.screening import FLAGS
from surveys.core.replies.safety.sentences import MOST_CHARACTERS, SentenceReader
from surveys.core.replies.safety.subwords import UNKNOWN, Subwords

READER = SentenceReader(lists.subwords(), lists.encoder(), lists.arrays("sentences"))


def _nearness(one: str, other: str) -> float:
    """The cosine between what the encoder says of two texts, the average part without the peaks."""
    first, second = (READER.windows(text)[0][:1024] for text in (one, other))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_a_text_is_cut_into_the_pieces_with_the_best_sum_of_scores() -> None:
    subwords = Subwords(
        ["?", "<", ">", "▁", "▁pa", "▁pain", "in", "ful", "▁painf", "ul"], [0, 0, 0, -9, -3, -4, -3, -4, -9, -1]
    )
    assert subwords.ids("Pain  painful") == [5, 5, 7]


def test_a_letter_no_piece_has_is_unknown_and_hides_nothing_around_it() -> None:
    subwords = Subwords(["?", "<", ">", "▁pain", "▁"], [0, 0, 0, -1, -5])
    assert subwords.ids("pain ☃ pain") == [3, 4, UNKNOWN, 3]


def test_accents_are_kept_and_tricks_of_script_resolved() -> None:
    cut = lists.subwords().ids
    assert cut("mañana") != cut("manana")
    assert cut("I wаnt tо \u200bdіе") == cut("i want to die")  # Cyrillic letters, an invisible space
    assert cut("ｄｉｅ") == cut("die")


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("I cannot breathe", "no puedo respirar", "no puedo dormir"),
        ("my throat is closing up", "se me cierra la garganta", "me cerraron la puerta"),
        ("I don't want to live", "ya no quiero vivir", "quiero vivir en la playa"),
    ],
)
def test_the_same_thought_in_the_other_language_lies_nearer_than_the_same_words(text: str, near: str, far: str) -> None:
    assert _nearness(text, near) > _nearness(text, far)


def test_every_piece_has_its_row_and_the_flags_are_those_of_the_linear_model() -> None:
    pieces = lists.subwords()
    table = lists.encoder()._table
    assert len(lists.arrays("encoder")["piece_score"]) == len(table) > max(pieces.ids("a painful mañana"))
    assert load(lists.packed_model()).flags == FLAGS
    assert len(lists.arrays("sentences")["out_bias"]) == len(FLAGS)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_gives_finite_scores_and_always_the_same(text: str) -> None:
    scores = READER.scores(text)
    assert np.isfinite(scores).all()
    assert scores == READER.scores(text)


@pytest.mark.parametrize("text", ["", " \n", "7", "👍"])
def test_texts_without_words_have_one_window(text: str) -> None:
    assert READER.windows(text).shape == (1, 2048)


@pytest.mark.parametrize("text", ["x" * 100_000, "qz " * 40_000, "I want to die " * 8_000, "\u0301" * 100_000])
def test_work_is_bounded_by_the_most_pieces_however_long_the_text(text: str) -> None:
    assert len(READER.windows(text)) <= 2 * (MOST_PIECES + 2) // WINDOW
    assert len(text) > MOST_CHARACTERS


def test_what_a_long_text_ends_with_is_read() -> None:
    chat = "the weather was nice and the grandchildren played in the garden all day long. " * 60
    assert READER.scores(chat + "I want to kill myself")[0] > READER.scores(chat)[0] + 1
