"""What only shows across questions: double keys, branches that lead back or nowhere, questions nobody reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from surveys.core.definition.model import END, FACTS, Branch, Question, ScoreRule, SurveyDefinition
from surveys.core.definition.problems import Problem

CHOICES = ("single_choice", "multi_choice")
MOST_OPTIONS = 10
"""One digit each, 0 to 9: of two digits nobody knows whether "10" is ten or one and nought (section 1.4)."""


def structure_problems(survey: SurveyDefinition) -> Iterator[Problem]:
    """Every fault of the whole; the survey's fields have been read already."""
    positions = {question.key: place for place, question in enumerate(survey.questions)}
    for key, times in Counter(question.key for question in survey.questions).items():
        if key and times > 1:
            yield Problem("questions", f"The key {key} is used {times} times; keys must differ.")
    for place, question in enumerate(survey.questions):
        path = f"questions[{place}]"
        yield from _limits(question, path)
        yield from _options(question, path)
        yield from _branches(survey, positions, place)
    yield from _unreachable(survey, positions)
    for place, rule in enumerate(survey.scores):
        yield from _score(survey, positions, rule, f"scores[{place}]")


def _limits(question: Question, path: str) -> Iterator[Problem]:
    if question.type in {"scale", "number"}:
        if question.min is None or question.max is None:
            yield Problem(path, "Give min and max, so that what lies outside is asked again.")
        elif question.min >= question.max:
            yield Problem(f"{path}.max", "max must be above min.")
    if question.type == "scale" and not question.integer:
        yield Problem(f"{path}.integer", "A scale has whole numbers; use type number.")
    if question.type == "date" and question.direction is None:
        yield Problem(f"{path}.direction", "Say whether the date lies in the past or the future.")
    if question.needs is not None and question.needs not in FACTS:
        yield Problem(f"{path}.needs", f"No such fact; use one of {', '.join(sorted(FACTS))}.")
    if question.confirm_jump is not None and question.type not in {"scale", "number"}:
        yield Problem(f"{path}.confirm_jump", "Only a scale or number can jump.")


def _options(question: Question, path: str) -> Iterator[Problem]:
    codes = question.codes
    if len(set(codes)) < len(codes):
        yield Problem(f"{path}.options", "Two options have the same code.")
    if question.type in CHOICES and not 2 <= len(codes) <= MOST_OPTIONS:
        yield Problem(f"{path}.options", f"Offer 2 to {MOST_OPTIONS} options.")
    if question.type == "yes_no" and len(codes) != 2:
        yield Problem(f"{path}.options", "Offer two numbers, one for yes and one for no: carriers act on the word YES.")
    if question.type in {"text", "time", "date"} and codes:
        yield Problem(f"{path}.options", f"A question of type {question.type} has no options.")
    for place, code in enumerate(codes):
        here = f"{path}.options[{place}].code"
        if question.type in {*CHOICES, "yes_no"} and not (len(code) == 1 and code.isascii() and code.isdigit()):
            yield Problem(here, "Use one digit, 0 to 9.")
        if question.type in {"scale", "number"} and not _inside(question, code):
            yield Problem(here, "The code of a labelled end is a number from min to max.")


def _inside(question: Question, code: str) -> bool:
    try:
        value = float(code)
    except ValueError:
        return False
    return question.accepts(int(value) if value.is_integer() else value)


def _branches(survey: SurveyDefinition, positions: dict[str, int], place: int) -> Iterator[Problem]:
    question = survey.questions[place]
    goals = [(f"next[{number}].go", branch.go) for number, branch in enumerate(question.branches)]
    if question.otherwise is not None:
        goals.append(("otherwise", question.otherwise))
    for field, goal in goals:
        here = f"questions[{place}].{field}"
        if goal == END or not goal:
            continue
        if goal not in positions:
            yield Problem(here, f"There is no question {goal}; name a later one or {END}.")
        elif positions[goal] <= place:
            yield Problem(here, f"{goal} does not come later; a survey that leads back never ends.")
    for number, branch in enumerate(question.branches):
        yield from _condition(survey, positions, place, f"questions[{place}].next[{number}].when", branch)


def _condition(
    survey: SurveyDefinition, positions: dict[str, int], place: int, here: str, branch: Branch
) -> Iterator[Problem]:
    when = branch.when
    if positions.get(when.question, place + 1) > place:
        yield Problem(f"{here}.question", "Name this question or an earlier one.")
        return
    asked = survey.questions[positions[when.question]]
    if asked.type == "text":
        yield Problem(f"{here}.question", "What is written freely decides nothing; name another question.")
    if asked.type in CHOICES:
        unknown = sorted({*when.among, *filter(None, [when.contains])} - set(asked.codes))
        if unknown:
            yield Problem(here, f"{asked.key} has no option {', '.join(unknown)}.")
    if asked.type in {"scale", "number"} and not all(_inside(asked, value) for value in when.among):
        yield Problem(f"{here}.in", f"Not every value is an answer to {asked.key}.")
    if asked.type == "yes_no" and not set(when.among) <= {"true", "false"}:
        yield Problem(f"{here}.in", "Write true or false.")
    if when.contains is not None and asked.type != "multi_choice":
        yield Problem(f"{here}.contains", "Only a question with several choices can contain one; use in.")


def _unreachable(survey: SurveyDefinition, positions: dict[str, int]) -> Iterator[Problem]:
    reached = {0}
    for place, question in enumerate(survey.questions):
        if place in reached:
            following = question.otherwise or _key_after(survey, place)
            goals = {following, *(branch.go for branch in question.branches)}
            reached |= {positions[goal] for goal in goals if goal in positions}
        elif question.key:
            yield Problem(f"questions[{place}]", f"No way leads to {question.key}.")


def _key_after(survey: SurveyDefinition, place: int) -> str:
    return survey.questions[place + 1].key if place + 1 < len(survey.questions) else END


def _score(survey: SurveyDefinition, positions: dict[str, int], rule: ScoreRule, path: str) -> Iterator[Problem]:
    if not rule.items:
        yield Problem(f"{path}.items", "List the questions that make up the score.")
    for item in rule.items:
        if item not in positions:
            yield Problem(f"{path}.items", f"There is no question {item}.")
        elif survey.questions[positions[item]].type in {"text", "time", "date"}:
            yield Problem(f"{path}.items", f"{item} has no number to score.")
    if rule.missing >= max(len(rule.items), 1):
        yield Problem(f"{path}.missing", "Fewer items may be missing than there are.")
    lowest = [band.lowest for band in rule.bands]
    if lowest != sorted(set(lowest)):
        yield Problem(f"{path}.bands", "List the bands from the lowest up.")
    if rule.method in {"value", "count"} and len(rule.items) > 1:
        yield Problem(f"{path}.items", f"The method {rule.method} takes one question.")
