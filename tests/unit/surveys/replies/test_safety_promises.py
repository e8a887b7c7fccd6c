"""What the safety screen promises for any text at all: a screening, always the same, in linear work."""

import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveys.core.replies.learnt.features import WINDOW, windows
from surveys.core.replies.learnt.normalise import Pieces
from surveys.core.replies.safety import screen, screening
from surveys.core.replies.safety.language import PHRASES, VOCABULARY
from surveys.core.replies.safety.phrases import LONG_TEXT, LONGEST_GAP, MOST_PLACES, places

LIST_WORDS = sorted(PHRASES.words | set(VOCABULARY.rewrite))


def _check(text: str) -> None:
    screening = screen(text)
    assert screening == screen(text)
    assert set(screening.flags) <= {"crisis", "emergency", "side_effect_severe"}
    assert not screening.flags or screening.tier in {"emergency", "urgent"}
    assert bool(screening.reasons) == (screening.tier != "none")


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(codec=None), max_size=400))
def test_any_text_of_any_script_gives_a_screening(text: str) -> None:
    _check(text)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(LIST_WORDS), max_size=60), st.sampled_from([" ", ", ", ". ", "\n", "\u200b ", "..", "-"])
)
def test_any_mixture_of_the_words_of_the_lists_gives_a_screening(words: list[str], between: str) -> None:
    _check(between.join(words))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
@example('@A"', '"')  # no notice of a reaction: a sign of the keyboard is no emoji
def test_what_stands_in_other_sentences_never_hides_a_direct_phrase(before: str, after: str) -> None:
    assert "crisis" in screen(f"{before}. \nI want to kill myself. \n{after}").flags


class _Counting(list[str]):
    """A list of words that counts how often it is asked for one."""

    asked = 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def, override]  # both overloads of list only pass through
        self.asked += 1
        return super().__getitem__(at)


@pytest.mark.parametrize(
    "start", ["i want to not", "can not take all of my pain", "no puedo mas de la", "my chest is my chest"]
)
def test_finding_asks_for_a_bounded_number_of_words_at_each_place(start: str) -> None:
    """Linear by construction: the work at one place depends on the lists, so twice the text is twice the work."""
    per_word = []
    for repeats in (50, 100, 200):
        words = _Counting(start.split() * repeats)
        PHRASES.find(words, [0] * len(words), range(len(words)))
        per_word.append(words.asked / len(words))
    assert max(per_word) <= 1.05 * min(per_word)
    longest = max(len(entry.phrase.split()) for found in PHRASES._starting.values() for _, entry in found)
    assert longest * (LONGEST_GAP + 1) < 100


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 40))
def test_every_place_of_a_text_is_read_once_until_it_repeats_itself(length: int, period: int) -> None:
    words = [f"w{at % period}" for at in range(length)]
    chosen, everywhere = places(words)
    assert everywhere
    assert sorted(set(chosen)) == list(chosen)
    assert len(chosen) == length if length <= LONG_TEXT else len(chosen) <= period + 30


def test_a_text_without_end_is_read_at_its_beginning_and_its_end() -> None:
    chosen, everywhere = places([f"w{at}" for at in range(50_000)])
    assert not everywhere
    assert len(chosen) <= MOST_PLACES + LONG_TEXT
    assert chosen[0] == 0
    assert chosen[-1] == 49_999


@given(st.integers(0, 300))
def test_windows_cover_every_word(length: int) -> None:
    covered = {at for start, end in windows(Pieces(["w"] * length, [0] * length)) for at in range(start, end)}
    assert covered >= set(range(length))
    assert all(end - start == WINDOW for start, end in windows(Pieces(["w"] * length, [0] * length)))


def test_the_words_remembered_between_texts_are_bounded() -> None:
    for block in range(60):
        screen(" ".join(f"q{block}x{at}" for at in range(200)))
    assert len(screening._MODEL._of_word) <= 8192
    assert sys.getsizeof(screening._MODEL._of_word) < 1_000_000


@pytest.mark.parametrize(
    "notice",
    [
        "Liked “Any side effects? Chest pain, trouble breathing or fainting: call 911.”",
        "Le gustó “Dolor de pecho, falta de aire o desmayo: llame al 911.”",
    ],
)
def test_a_reaction_notice_is_not_screened_for_what_it_quotes(notice: str) -> None:
    assert (screen(notice).flags, screen(notice).tier) == ((), "none")


@pytest.mark.parametrize("text", ["My mom said “I want to die”", "“I can't breathe”", "I liked it but I want to die"])
def test_a_quotation_that_is_no_notice_is_screened(text: str) -> None:
    assert screen(text).flags
