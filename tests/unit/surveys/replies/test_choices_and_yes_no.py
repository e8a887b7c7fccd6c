"""What people write to choices and to yes-or-no questions: the principle behind each reading, with its siblings."""

import pytest

from surveys.core.replies.reader import read
from surveys.core.replies.reading import Option, Question, QuestionType


def _asked(kind: QuestionType, text: str, *labels: str) -> Question:
    """A question whose options have the codes 1, 2, 3; synonyms stand behind a slash."""
    options = tuple(
        Option(str(code), label.split("/")[0], tuple(label.split("/")[1:])) for code, label in enumerate(labels, 1)
    )
    return Question(kind, text, options=options)


HELPERS = _asked(
    "multi_choice",
    "Who helps you at home? Send all that apply.",
    "Partner/husband/wife",
    "Son or daughter/son/daughter",
    "Friend or neighbor/friend/neighbor",
    "Paid aide/aide",
    "Nobody",
)
EFFECTS = _asked(
    "multi_choice", "What have you had?", "Nausea", "Headache", "Dizziness", "Strange dreams", "Sleepiness"
)
DONE = _asked("multi_choice", "What could you do?", "Housework", "Shopping", "Exercise", "Work")
KNEES = _asked("multi_choice", "Which joints hurt?", "Left knee", "Right knee", "Jaw")
OFTEN = _asked(
    "single_choice",
    "Over the last 2 weeks, how often have you felt down?",
    "Not at all",
    "Several days",
    "More than half the days",
    "Nearly every day",
)
AIDS = _asked("single_choice", "What do you use to get around?", "Nothing", "Cane", "Walker", "Wheelchair")
RIDE = _asked("single_choice", "How will you get home?", "Someone drives me", "Taxi/uber", "Bus", "I have no ride yet")
PLACES = _asked("single_choice", "Where is your worst pain?", "Lower back", "Neck", "Legs", "Hands")
SLEEP = _asked("single_choice", "How did you sleep?", "Well", "OK", "Poorly")
SPANISH = _asked("single_choice", "¿Cómo prefiere el aviso?", "Mensaje", "Llamada", "Ya se quitó")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("mi esposo y mi hija", ("1", "2")),
        ("my wife and mi vecina", ("1", "3")),
        ("my kids", ("2",)),
        ("the lady next door and my son", ("2", "3")),
        ("all of em but the aide", ("1", "2", "3")),
        ("just my husband, he does everything", ("1",)),
    ],
)
def test_an_item_counts_in_either_language_and_by_its_everyday_names(text: str, codes: tuple[str, ...]) -> None:
    assert read(HELPERS, text, "en").value == codes


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (HELPERS, "my husband and the gal down at church"),
        (HELPERS, "my son Dave and his wife"),
        (HELPERS, "daughter and a mormorant"),
        (EFFECTS, "so tired, and nausea"),
        (EFFECTS, "nausea and weird sueños"),
        (EFFECTS, "1 yes 2 no 3 yes"),
        (EFFECTS, "nausea, neither"),
        (DONE, "tried to exercise but couldn't"),
    ],
)
def test_a_list_with_an_item_that_is_not_understood_is_asked_again(question: Question, text: str) -> None:
    assert read(question, text, "en").kind == "reprompt"


@pytest.mark.parametrize(
    ("question", "text", "codes"),
    [
        (EFFECTS, "nausea the first day, dizzy the second", ("1", "3")),
        (EFFECTS, "drowsy all day, slept 12 hours", ("5",)),
        (EFFECTS, "headake n nawsea", ("1", "2")),
        (EFFECTS, "everything but the dreams", ("1", "2", "3", "5")),
        (KNEES, "both knees", ("1", "2")),
        (DONE, "couldn't work but did some shopping", ("2",)),
        (DONE, "worked all week", ("4",)),
    ],
)
def test_what_is_said_about_an_item_does_not_change_the_list(
    question: Question, text: str, codes: tuple[str, ...]
) -> None:
    assert read(question, text, "en").value == codes


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [
        (OFTEN, "none", "1"),
        (OFTEN, "ningun dia", "1"),
        (OFTEN, "more than half i think", "3"),
        (OFTEN, "casi diario", "4"),
        (OFTEN, "nearly every day since the accident in 09", "4"),
        (AIDS, "mi silla de ruedas", "4"),
        (AIDS, "i dont use anything", "1"),
        (RIDE, "my sister drives", "1"),
        (RIDE, "no ride yet", "4"),
        (SPANISH, "por mensajito", "1"),
        (SPANISH, "ya se me quitó", "3"),
        (SPANISH, "el numero 2 porfa", "2"),
    ],
)
def test_a_plain_equal_of_one_option_chooses_it(question: Question, text: str, code: str) -> None:
    assert read(question, text, "en").value == code


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (RIDE, "an uber or maybe my wife"),
        (OFTEN, "todos los dias"),
        (OFTEN, "some days"),
        (AIDS, "cane inside, wheelchair outside"),
        (AIDS, "used to use a cane"),
        (PLACES, "my husbands neck"),
        (PLACES, "hand it to you guys, great care"),
        (SLEEP, "woke up at 3"),
    ],
)
def test_what_fits_no_option_or_two_is_asked_again(question: Question, text: str) -> None:
    assert read(question, text, "en").kind == "reprompt"


@pytest.mark.parametrize(
    ("prompt", "text", "value"),
    [
        ("Do you have someone to drive you home?", "my neighbor Dee is taking me", True),
        ("Do you have someone to drive you home?", "no ride", False),
        ("Have you fallen since your last visit?", "fell in the shower", True),
        ("Have you fallen since your last visit?", "did not fall", False),
        ("Have you fallen since your last visit?", "actually I did have a fall", True),
        ("Did you pick up your prescription?", "picked it up yesterday", True),
        ("Have you stopped your blood thinner?", "stopped it Tuesday like he said", True),
        ("Are you still using the patches?", "I stopped them Friday", False),
        ("Is the relief still there?", "Still holding!", True),
        ("Is your pain better than last week?", "a lot better", True),
        ("¿Ha tenido dolor de cabeza hoy?", "no, pero sí mareo", False),
        ("¿Ha tenido dolor de cabeza hoy?", "si me duele", True),
        ("Did you hear things that were not there?", "No hon just very relaxed", False),
    ],
)
def test_a_stated_fact_answers_yes_or_no(prompt: str, text: str, value: bool) -> None:
    assert read(Question("yes_no", prompt), text, "en").value is value


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Have you fallen since your last visit?", "nearly went down"),
        ("Have you fallen since your last visit?", "fell asleep early"),
        ("Have you had any nausea since your infusion?", "not since tuesday"),
        ("Did you take your medicine this morning?", "took half"),
        ("¿Tomó su medicina hoy?", "tome la mitad"),
        ("Did you take your medicine this morning?", "took it last night"),
        ("Did you take your medicine this morning?", "my wife took hers"),
        ("Have you had nausea since you started the pills?", "started Monday"),
    ],
)
def test_a_fact_of_another_time_person_or_measure_is_asked_again(prompt: str, text: str) -> None:
    assert read(Question("yes_no", prompt), text, "en").value is None


USE = Question(
    "single_choice",
    "Compared with before treatment, your use of pain medicine is: 1=None used 2=Less 3=Same 4=More",
    options=(Option("1", "None used"), Option("2", "Less"), Option("3", "Same"), Option("4", "More")),
)


@pytest.mark.parametrize(
    ("text", "value"), [("Same. no wait less, I dropped the noon pill", "2"), ("more. wait no same", None)]
)
def test_a_slip_that_is_taken_back_is_never_the_answer(text: str, value: str | None) -> None:
    assert read(USE, text, "en").value == value


def test_a_question_that_ends_in_i_do_is_no_yes() -> None:
    visit = Question("yes_no", "Can you still make your visit on Tuesday at 10? Reply YES or NO.")
    assert read(visit, "my IV spot is red and swollen what do i do", "en").value is None


TRIED = _asked(
    "multi_choice", "What have you tried for your pain this week?", "Ice", "Walking", "Massage", "Stairs", "None"
)
LASTED = _asked(
    "single_choice",
    "How long did the relief last?",
    "Less than a day",
    "1 to 3 days",
    "4 to 7 days",
    "More than a week",
    "No relief",
)
FLARES = Question(
    "single_choice",
    "How many flare-ups did you have this week?",
    options=tuple(Option(*each) for each in (("A", "None"), ("B", "1 or 2"), ("C", "3 to 5"), ("D", "More than 5"))),
)
DAY = _asked("single_choice", "What kind of day are you having?", "Good day", "Fair day", "Rough day")
SUENO = _asked("single_choice", "¿Cómo durmió anoche?", "Bien", "Regular", "Mal")
SINTOMAS = _asked("multi_choice", "¿Qué ha tenido desde la infusión?", "Sueño", "Náusea", "Mareo", "Ninguno")
DRIVER = Question("yes_no", "Is your driver confirmed for Tuesday's infusion? Reply YES or NO.")
OUTING = Question("yes_no", "¿Pudo salir de casa esta semana? Responda SÍ o NO.")
SICK = Question("yes_no", "Any nausea or upset stomach since your last visit? Reply YES or NO.")


@pytest.mark.parametrize(
    "text",
    [
        "I stopped walking",
        "dreading the stairs",
        "wanted to try massage",
        "ice cream",
        "my wife walks",
        "massage years ago",
        "3 good days of walking boot talk",
    ],
)
def test_an_option_that_was_ended_feared_somebody_elses_or_long_ago_is_not_chosen(text: str) -> None:
    assert read(TRIED, text, "en").kind == "reprompt"


@pytest.mark.parametrize("text", ["que pase bien su día", "bien poquito", "qué bien", "lo mejor sería dormir"])
def test_a_describing_word_said_to_the_reader_or_of_another_word_is_not_chosen(text: str) -> None:
    assert read(SUENO, text, "es").kind == "reprompt"


def test_bare_words_behind_of_say_what_a_label_is_of() -> None:
    assert read(SINTOMAS, "tengo el sueño de volver a bailar", "es").kind == "reprompt"


@pytest.mark.parametrize(
    ("text", "codes"), [("nada más mareada", ("3",)), ("no tuve mareo", None), ("todos menos mareo", ("1", "2"))]
)
def test_only_a_denial_and_an_exception_are_told_apart_in_spanish(text: str, codes: tuple[str, ...] | None) -> None:
    assert read(SINTOMAS, text, "es").value == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("about 2 days", "2"),
        ("1-3 days", "2"),
        ("a few hours", "1"),
        ("two weeks", "4"),
        ("over a week", "4"),
        ("none", "5"),
        ("almost a week", None),
        ("2 days ago", None),
        ("3 days or more", None),
        ("a couple of days", None),
    ],
)
def test_a_said_amount_chooses_the_option_that_holds_all_of_it(text: str, code: str | None) -> None:
    assert read(LASTED, text, "en").value == code


@pytest.mark.parametrize(("text", "code"), [("4", "C"), ("just one", "B"), ("about six", "D"), ("2-3", None)])
def test_a_bare_count_chooses_among_counts_whose_codes_are_letters(text: str, code: str | None) -> None:
    assert read(FLARES, text, "en").value == code


@pytest.mark.parametrize(("text", "code"), [("its been a rough one", "3"), ("good days and bad days", None)])
def test_the_word_that_all_labels_share_may_be_left_out(text: str, code: str | None) -> None:
    assert read(DAY, text, "en").value == code


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (DRIVER, "he's confirmed", True),
        (DRIVER, "not confirmed", False),
        (OUTING, "no pude", False),
        (OUTING, "salí dos veces", True),
        (OUTING, "ni loco, me quedé en la cama todo el día", False),
        (SICK, "no vomiting", None),
        (SICK, "couldn't keep my toast down", True),
        (SICK, "stomach's been solid as a rock", False),
    ],
)
def test_an_answer_in_the_words_of_the_question_states_the_fact(
    question: Question, text: str, *, value: bool | None
) -> None:
    assert read(question, text, "en").value is value


LIGHT_OR_NOISE = Question("yes_no", "¿Le molestó la luz o el ruido? Responda SÍ o NO.")
REFILL = Question("yes_no", "¿Necesita que le surtan su medicina esta semana? Responda SÍ o NO.")
WALKS = _asked("single_choice", "¿Cuántas veces salió a caminar?", "Ninguna", "1 o 2 veces", "3 o más veces")
PART = _asked("single_choice", "How much of the day were you in pain?", "None of it", "Some of it", "Most of it")


@pytest.mark.parametrize(
    ("question", "text"), [(LIGHT_OR_NOISE, "el ruido no"), (REFILL, "¿ya abrió la farmacia?"), (PART, "half")]
)
def test_half_a_denial_a_question_and_another_share_are_asked_again(question: Question, text: str) -> None:
    assert read(question, text, "es").value is None


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [(WALKS, "una vez", "2"), (WALKS, "5 veces", "3"), (PART, "some", "2"), (PART, "most of it", "3")],
)
def test_open_ended_counts_and_the_word_before_a_shared_tail_are_understood(
    question: Question, text: str, code: str
) -> None:
    assert read(question, text, "es").value == code


def test_a_wording_that_two_options_share_chooses_neither() -> None:
    asked = Question("single_choice", "Trouble?", options=(Option("1", "A bit"), Option("2", "A lot", ("a bit",))))
    assert read(asked, "a bit", "en").value is None
