"""What people write around a number: the principle that keeps or takes the number, with its siblings."""

import pytest

from surveys.core.replies.reader import read
from surveys.core.replies.reading import Option, Question

PAIN = Question(
    "scale",
    "How bad is your pain right now, from 0 (no pain) to 10 (worst pain imaginable)?",
    min=0,
    max=10,
    options=(Option("0", "No pain"), Option("10", "Worst pain imaginable")),
)
CHANGE = Question(
    "scale",
    "Compared with last week, how is your sleep, from -5 (much worse) to 5 (much better)?",
    min=-5,
    max=5,
    options=(Option("-5", "Much worse"), Option("5", "Much better")),
)
VISIT = Question(
    "scale",
    "How satisfied are you with your last visit, 1 (not at all) to 5 (very)?",
    min=1,
    max=5,
)
WORST = Question(
    "scale",
    "Worst pain in the past 24 hours, 0 (no pain) to 10 (worst)?",
    min=0,
    max=10,
)
TIRED = Question(
    "scale",
    "¿Qué tan cansado(a) está ahora, del 1 (nada cansado) al 5 (agotado)?",
    min=1,
    max=5,
    options=(Option("1", "Nada cansado"), Option("5", "Agotado")),
)
PILLS = Question("number", "How many rescue pills did you take in the last 24 hours?", min=0, max=20)
FALLS = Question("number", "How many times have you fallen in the past week?", min=0, max=50)
PRESSURE = Question("number", "What is the top number of your blood pressure today?", min=60, max=260)
NIGHTS = Question("number", "¿Cuántas noches durmió mal esta semana?", min=0, max=7)
DOSE = Question("time", "What time did you take your last dose?")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3),
        ("minus 3", -3),
        ("Negative two I guess", -2),
        ("menos 2", -2),
        ("- 3", -3),
        ("-4 worse", -4),
        ("+2", 2),
        ("4 better", 4),
        ("más o menos 2", 2),
        ("3 sleeping so much better", 3),
    ],
)
def test_a_scale_below_zero_is_answered_with_its_signs(text: str, value: int) -> None:
    assert read(CHANGE, text, "en").value == value


@pytest.mark.parametrize(
    "text",
    [
        "3 worse",
        "worse 3",
        "-3 better",
        "+/- 2",
        "±2",
        "-2/-3",
        "-2 to -3",
        "sleep - 3",
        "menos de 3",
        "-6",
    ],
)
def test_a_sign_that_is_unsure_or_disagrees_with_the_words_is_asked_again(
    text: str,
) -> None:
    assert read(CHANGE, text, "en").value is None


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (VISIT, "5 Maria was wonderful", 5),
        (VISIT, "My visit was a 4", 4),
        (VISIT, "5 it was great", 5),
        (PAIN, "4 thanks for checking on me hon", 4),
        (PAIN, "5 husband says hi", 5),
        (PAIN, "7 rainy day", 7),
        (PAIN, "un 6 fíjese, y eso que me tomé 2 pastillas", 6),
        (PAIN, "Four. I'm 81, I take it a day at a time", 4),
        (PAIN, "rough night 8", 8),
        (PAIN, "4, down from 7", 4),
        (PAIN, "8 an hour ago 5 now", 5),
        (WORST, "worst was a 7 now 3", 7),
        (TIRED, "nada cansada", 1),
        (PILLS, "none this week praise the Lord", 0),
        (FALLS, "I fell 2 times", 2),
        (FALLS, "1 on tuesday", 1),
        (NIGHTS, "las 7", 7),
        (PRESSURE, "machine said 142/88 pulse 70", 142),
    ],
)
def test_chatter_that_cannot_own_the_number_does_not_cost_it(question: Question, text: str, value: int) -> None:
    assert read(question, text, "en").value == value


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (PAIN, "3 toes are still numb"),
        (PAIN, "2 sore knees"),
        (PAIN, "4 panic attacks today"),
        (PAIN, "2 flat tires"),
        (PAIN, "3 vomitos"),
        (PAIN, "4 xanax"),
        (PAIN, "1 bad episode"),
        (PAIN, "una amiga"),
        (PAIN, "woke up at 2, 4 and 5:15"),
        (PAIN, "be there at 3"),
        (PAIN, "Dr Lee put me at 5"),
        (PAIN, "give me 5"),
        (PAIN, "6 heading to 7"),
        (VISIT, "visit was at 4"),
        (VISIT, "the nurse was a 5 the doctor a 2"),
        (WORST, "8 now its 4"),
        (PILLS, "2 bad days"),
        (PILLS, "needed 2 but didnt"),
        (PILLS, "down to my last 2"),
        (FALLS, "almost fell twice"),
        (FALLS, "my mom fell twice"),
    ],
)
def test_a_number_that_counts_or_belongs_to_something_else_is_asked_again(question: Question, text: str) -> None:
    assert read(question, text, "en").value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("O830", "08:30"),
        ("9pm pain is 7", "21:00"),
        ("20 till 9 at nite", "20:40"),
        ("9 am, no puedo antes", "09:00"),
    ],
)
def test_a_time_is_read_beside_a_score_and_in_an_odd_hand(text: str, value: str) -> None:
    assert read(DOSE, text, "en").value == value


@pytest.mark.parametrize(
    "text",
    [
        "who gave you my number? remove it",
        "Please end these",
        "I was signed up for this without being asked",
        "I do not consent",
        "i did not agree to these texts",
    ],
)
def test_a_refused_consent_stops_the_messages(text: str) -> None:
    assert read(PAIN, text, "en").kind == "opt_out"


@pytest.mark.parametrize("text", ["I do not consent to the surgery", "never agreed to the new meds"])
def test_a_refusal_of_treatment_does_not_stop_the_messages(text: str) -> None:
    assert read(PAIN, text, "en").kind != "opt_out"
