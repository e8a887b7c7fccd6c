"""Each layer of the reader for itself: glyphs, signatures, phrases, numbers, intents, corrections."""

from datetime import datetime

import pytest

from surveys.core.replies.intents import reaction
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import PhraseSet, parse
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Option, Previous, Question
from surveys.core.replies.strip import strip
from surveys.core.replies.tokens import joined
from surveys.core.replies.values.mentions import find_mentions, fuzzy_value

PAIN = Question(
    "scale",
    "How bad is your pain right now, from 0 (no pain) to 10 (worst pain imaginable)?",
    min=0,
    max=10,
    options=(Option("0", "No pain"), Option("10", "Worst pain imaginable")),
)
MOOD = Question("scale", "How is your mood today, from 0 (very low) to 10 (very good)?", min=0, max=10)
NAUSEA = Question("yes_no", "Have you had any nausea since your infusion? Reply YES or NO.")
AREAS = Question("multi_choice", "Which areas hurt?", options=(Option("1", "Back"), Option("2", "Neck")))
NOW = datetime(2025, 3, 12, 14, 5)  # noqa: DTZ001  # the patient's local time has no zone here


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("8️⃣", "8"),
        ("🔟", "10"),
        ("７", "7"),
        ("٤", "4"),
        ("④", "4"),
        ("5½", "5 1/2 "),
        ("5²", "5 ^2 "),
        ("don’t", "don't"),
        ("a\u200bb", "ab"),
        (".5", "0.5"),
        ("it's...7", "it's...7"),
    ],
)
def test_clean_writes_every_glyph_plainly(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Soooo goood", "so good"),
        ("sí, SEÑOR", "si senor"),
        ("pain's at 3", "pain s at 3"),
        ("it's 3", "its 3"),
        ("We'll see", "we will see"),
        ("7 - tired", "7 tired"),
        ("5-6", "5 - 6"),
        ("alot", "a lot"),
    ],
)
def test_tokenise_folds_words_to_what_the_lists_hold(text: str, words: str) -> None:
    assert joined(tokenise(clean(text))) == words


@pytest.mark.parametrize(
    "text",
    [
        "6\n\nSent from my iPhone",
        "6 Sent from my iPhone",
        "6\nEnviado desde mi Samsung",
        "6 - Maria",
        "6\n--\nBob Jones\n555-0133",
        "six period",
        "six period send it",
        "> How bad is your pain?\n6",
        "How bad is your pain right now, from 0 (no pain) to 10 (worst pain imaginable)? 6",
        "“How bad is your pain right now…” 6",
        "on a scale of 0 to 10, 6",
    ],
)
def test_strip_leaves_only_the_reply(text: str) -> None:
    assert joined(strip(text, PAIN).tokens) in {"6", "six"}


def test_strip_keeps_a_last_line_that_could_be_an_answer() -> None:
    symptoms = Question("multi_choice", "Which?", options=(Option("1", "Nausea"), Option("2", "Headache")))
    assert read(symptoms, "Nausea\nHeadache", "en").value == ("1", "2")


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("stop ~2 texts", "please stop those silly texts", True),
        ("stop ~2 texts", "stop not the texts", False),
        ("stop texts", "stop, texts", False),
        ("^ no $", "no, thanks", True),
        ("^ no $", "oh no", False),
        ("<n> days? ago", "4 days ago", True),
        ("<n> days? ago", "four days ago", False),
        ("come|go back|$", "I will go", True),
    ],
)
def test_phrases_match_words_of_one_clause(pattern: str, text: str, matches: bool) -> None:
    assert bool(PhraseSet([(pattern, "found")]).first(tokenise(clean(text)))) == matches


@pytest.mark.parametrize("pattern", ["~3 stop", "stop ~10 texts", "^"])
def test_phrases_refuse_patterns_without_a_bound(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|gap"):
        parse(pattern)


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("twenty five and treinta y ocho", "en", [25, 38]),
        ("seven eight", "en", [7, 8]),
        ("siete y medio", "es", [7.5]),
        ("six point five", "en", [6.5]),
        ("ninety-eight point six", "en", [98.6]),
        ("6k", "en", [6000]),
        ("6,500", "en", [6500]),
        ("6,5", "es", [6.5]),
        ("once", "es", [11]),
        ("once", "en", [1]),
        ("the third one", "en", []),
        ("a dozen", "en", [12]),
        ("half a dozen", "en", [6]),
        ("IO", "en", [10]),
        ("O", "en", [0]),
    ],
)
def test_find_mentions_reads_figures_words_and_look_alikes(text: str, language: str, values: list[float]) -> None:
    assert [mention.value for mention in find_mentions(tokenise(clean(text)), language)] == values


@pytest.mark.parametrize(
    "word", ["fine", "for", "tree", "ate", "none", "tent", "nice", "sex", "hour", "night", "dos", "cuadro", "llueve"]
)
def test_fuzzy_value_never_takes_a_real_word_for_a_number(word: str) -> None:
    assert fuzzy_value(word, "en") is None
    assert fuzzy_value(word, "es") is None


@pytest.mark.parametrize(("word", "value"), [("eihgt", 8), ("sevn", 7), ("fuor", 4), ("ochho", 8), ("cuatroo", 4)])
def test_fuzzy_value_reads_a_slip_that_can_be_one_number(word: str, value: float) -> None:
    assert fuzzy_value(word, "es" if word in {"ochho", "cuatroo"} else "en") == value


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("pause for 2 weeks", "pause"),
        ("stop texting me until Monday", "pause"),
        ("too many texts", "fewer"),
        ("please stop texting me for two weeks", "pause"),
        ("dont text me for 2 weeks", "pause"),
        ("no more texts this week please", "pause"),
        ("no me escriban por dos semanas", "pause"),
        ("please don't text me at night", "time_of_day"),
        ("español por favor", "language:es"),
        ("in english please", "language:en"),
        ("can someone call me", "staff_request"),
        ("no me escriban tan temprano", "time_of_day"),
        ("menos mensajes por favor", "fewer"),
    ],
)
@pytest.mark.parametrize("question", [PAIN, None], ids=["open", "none open"])
def test_requests_keep_the_patient_subscribed_and_are_named(text: str, intent: str, question: Question | None) -> None:
    reading = read(question, text, "en")
    assert (reading.kind, reading.intent) == ("other_intent", intent)


@pytest.mark.parametrize(
    "text", ["STOP", "alto", "Please stop texting me", "ya no me manden mensajes", "Stop. I cant go on"]
)
@pytest.mark.parametrize("question", [PAIN, NAUSEA, None], ids=["scale", "yes or no", "none open"])
def test_requests_to_stop_are_heard_in_both_languages_at_any_time(text: str, question: Question | None) -> None:
    assert read(question, text, "es").kind == "opt_out"


@pytest.mark.parametrize(
    ("text", "made_by_a_phone"),
    [
        ("Liked “How bad”", True),
        ("👍 to “How bad”", True),
        ("Le gustó “¿Cómo está?”", True),
        ('Loved "The Crown" last night', False),
        ("Loved the nurses", False),
        ("Loved an image", True),
    ],
)
def test_reaction_tells_notices_from_sentences(text: str, made_by_a_phone: bool) -> None:
    assert reaction(text) == made_by_a_phone


def test_back_is_an_answer_where_an_option_is_called_so() -> None:
    assert read(AREAS, "back", "en").value == ("1",)
    assert read(PAIN, "back", "en", previous=Previous(MOOD, 3)).intent == "back"


@pytest.mark.parametrize(
    ("question", "text", "kind", "value"),
    [
        (MOOD, "oops pain was 5", "correction", 5),
        (MOOD, "my mistake, 3", "reprompt", None),
        (MOOD, "mood 7", "answer", 7),
        (NAUSEA, "sorry pain is 5 not 8", "correction", 5),
        (NAUSEA, "oops 5", "correction", 5),
        (NAUSEA, "sorry, yes", "answer", True),
        (None, "I meant 8", "correction", 8),
        (MOOD, "undo", "correction", None),
        (MOOD, "can I change my answer", "correction", None),
    ],
)
def test_corrections_are_of_the_question_before_only_when_they_point_there(
    question: Question | None, text: str, kind: str, value: object
) -> None:
    reading = read(question, text, "en", now=NOW, previous=Previous(PAIN, 8))
    assert (reading.kind, reading.value) == (kind, value)


@pytest.mark.parametrize("text", ["hello", "7", "yes", "thanks"])
def test_without_an_open_question_nothing_is_recorded(text: str) -> None:
    assert read(None, text, "en").kind == "other_intent"


def test_what_is_said_besides_the_value_is_handed_to_a_person() -> None:
    assert read(PAIN, "7, can you call me?", "en").extra == "7, can you call me?"
    assert read(PAIN, "about a 7", "en").extra is None


@pytest.mark.parametrize("text", ["11", "-1"])
def test_values_outside_the_scale_are_asked_again(text: str) -> None:
    assert read(PAIN, text, "en").kind == "reprompt"


@pytest.mark.parametrize("text", ["7/10", "seven", "siete", "７"])
def test_one_value_is_read_in_every_way_of_writing_it(text: str) -> None:
    assert read(PAIN, text, "en").value == 7
