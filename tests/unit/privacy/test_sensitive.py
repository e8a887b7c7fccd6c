"""Sensitive text: nothing but reveal() shows it."""

import pickle

import pytest

from privacy.sensitive import Sensitive

SECRET = "I am scared"


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>30}".format, lambda value: f"{value!r}", "%s".__mod__])
def test_printing_hides_the_text(show) -> None:
    assert SECRET not in show(Sensitive(SECRET))


def test_reveal_gives_the_text() -> None:
    assert Sensitive(Sensitive(SECRET)).reveal() == SECRET


def test_equal_texts_are_equal_and_differ_from_plain_strings() -> None:
    assert Sensitive("a") == Sensitive("a")
    assert len({Sensitive("a"), Sensitive("a"), Sensitive("b")}) == 2
    assert Sensitive("a") != "a"


def test_it_cannot_be_pickled_into_a_task() -> None:
    with pytest.raises(TypeError, match="id of the row"):
        pickle.dumps(Sensitive(SECRET))


def test_empty_text_is_false_and_has_no_length() -> None:
    assert not Sensitive("")
    assert len(Sensitive("abc")) == 3
