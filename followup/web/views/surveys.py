"""Surveys: what they ask in each language, how a reply would be read, and the lives of their versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import yaml
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinics.core.roles import Permission
from followup.web.access import page
from followup.web.answers import option_labels
from followup.web.forms.surveys import TryForm, UploadForm
from followup.web.requests import StaffRequest
from messaging.core.segments import parts_of
from surveys import operations, queries
from surveys.core.definition import InvalidSurvey, Question, SurveyDefinition
from surveys.core.replies.reader import read
from surveys.core.replies.reading import Previous, Reading

LARGEST_FILE = 1_000_000
KINDS = {
    "answer": "Kept as the answer",
    "reprompt": "Asked again",
    "correction": "Corrects the answer before",
    "skip": "Skips the question",
    "opt_out": "Stops all texts",
    "opt_in": "Starts texts again",
    "help": "Gets the help text",
    "other_intent": "Goes to a person",
    "not_for_us": "Is not an answer",
}


@page(Permission.SEE_CONTENT, "survey.list")
def surveys(request: StaffRequest) -> HttpResponse:
    """Every survey with its versions."""
    found = queries.surveys(request.user.clinic.id).prefetch_related("versions").order_by("name")
    rows = [(survey, _by_status(survey.versions.all())) for survey in found]
    return render(request, "followup/surveys.html", {"rows": rows})


def _by_status(versions: Any) -> dict[str, Any]:
    return {version.status: version for version in versions if version.status != "retired"}


@page(Permission.SEE_CONTENT, "survey.read")
def survey(request: StaffRequest, key: str, number: int | None = None) -> HttpResponse:
    """One version of a survey, by default the live one: its questions in every language, and where each leads."""
    versions = list(queries.versions(request.user.clinic.id, key).order_by("-number"))
    if not versions:
        raise Http404
    shown = _chosen(versions, number)
    definition = queries.definition_of(shown.pk)
    context = {
        "key": key,
        "versions": versions,
        "version": shown,
        "survey": definition,
        "questions": [_question(definition, place) for place in range(len(definition.questions))],
        "try_form": TryForm(),
    }
    return render(request, "followup/survey.html", context)


def _chosen(versions: list[Any], number: int | None) -> Any:
    """The version of that number, or else the live one, or else the newest. Raises Http404."""
    if number is not None:
        chosen = [version for version in versions if version.number == number]
    else:
        chosen = [version for version in versions if version.status == "published"] or versions
    if not chosen:
        raise Http404
    return chosen[0]


def _question(definition: SurveyDefinition, place: int) -> dict[str, Any]:
    question = definition.questions[place]
    return {
        "number": place + 1,
        "question": question,
        "prompts": [(language, question.prompt[language]) for language in definition.languages],
        "options": option_labels(question).values(),
        "branches": [(_condition(branch.when), branch.go) for branch in question.branches],
        "next": question.otherwise or _following(definition, place),
    }


def _following(definition: SurveyDefinition, place: int) -> str:
    return definition.questions[place + 1].key if place + 1 < len(definition.questions) else "end"


def _condition(when: Any) -> str:
    if when.among:
        return f"{when.question} is {' or '.join(map(str, when.among))}"
    if when.contains is not None:
        return f"{when.question} holds {when.contains}"
    limits = [
        f"{word} {limit:g}"
        for word, limit in (("at least", when.at_least), ("at most", when.at_most))
        if limit is not None
    ]
    return f"{when.question} is {' and '.join(limits)}"


@require_POST
@page(Permission.SEE_CONTENT)
def try_reply(request: StaffRequest, version_id: UUID, question: str) -> HttpResponse:
    """What a reply to this question would be taken for, and why. Nothing is kept."""
    version = _own_version(request, version_id)
    form = TryForm(request.POST)
    definition = queries.definition_of(version.pk)
    asked = _asked(definition, question)
    if asked is None or not form.is_valid() or form.cleaned_data["language"] not in definition.languages:
        raise Http404
    language, now = form.cleaned_data["language"], timezone.localtime().replace(tzinfo=None)
    before = _before(definition, asked)
    previous = _answered(before, form.cleaned_data["before"], language, now) if before else None
    reading = read(asked.for_reader(language), form.cleaned_data["reply"], language, now=now, previous=previous)
    changed = before if before is not None and reading.kind == "correction" else asked
    context = {
        "reading": reading,
        "kind": KINDS[reading.kind],
        "value": _value(changed, reading),
        "before_unread": bool(form.cleaned_data["before"].strip()) and previous is None,
    }
    return render(request, "followup/parts/reading.html", context)


def _before(definition: SurveyDefinition, question: Question) -> Question | None:
    place = definition.position(question.key)
    return definition.questions[place - 1] if place else None


def _answered(question: Question, reply: str, language: str, now: datetime) -> Previous | None:
    """The question before with its answer as the reader takes it; None where nothing certain was typed."""
    asked = question.for_reader(language)
    reading = read(asked, reply, language, now=now)
    return Previous(asked, reading.value) if reading.kind == "answer" else None


def _asked(definition: SurveyDefinition, key: str) -> Question | None:
    return next((question for question in definition.questions if question.key == key), None)


def _value(question: Question, reading: Reading) -> str:
    if isinstance(reading.value, bool):
        return "Yes" if reading.value else "No"
    codes = reading.value if isinstance(reading.value, tuple) else (reading.value,)
    labels = option_labels(question)
    return ", ".join(labels.get(str(code), str(code)) for code in codes if code is not None)


def _own_version(request: StaffRequest, version_id: UUID) -> Any:
    version = queries.version(request.user.clinic.id, version_id)
    if version is None:
        raise Http404
    return version


@page(Permission.EDIT_CONTENT)
def upload(request: StaffRequest) -> HttpResponse:
    """A survey from a file: it becomes a draft, or every problem in it is listed."""
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        document = _document(form)
        if document is not None:
            try:
                saved = _save(request, document)
                messages.success(request, "The draft is saved. Read it through, then publish it.")
                return redirect("survey-version", key=saved.survey.key, number=saved.number)
            except InvalidSurvey as invalid:
                problems = tuple(invalid.problems)
    status = 422 if form.is_bound else 200
    return render(request, "followup/survey_upload.html", {"form": form, "problems": problems}, status=status)


def _document(form: UploadForm) -> Any:
    """What was uploaded or typed, or None with the reason beside the field."""
    file = form.cleaned_data["file"]
    field, written = ("file", file.read(LARGEST_FILE)) if file else ("text", form.cleaned_data["text"])
    try:
        document = yaml.safe_load(written)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        form.add_error(field, f"This is not YAML: {_where(error)}")
        return None
    if not isinstance(document, dict):
        form.add_error(field, "This holds no survey: it begins with format, key, languages, name and questions.")
        return None
    return document


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"look at line {mark.line + 1}." if mark else "save it as UTF-8 text."


def _save(request: StaffRequest, document: dict[str, Any]) -> Any:
    known = queries.surveys(request.user.clinic.id).filter(key=str(document.get("key", ""))).first()
    given: dict[str, Any] = {"document": document, "by": request.actor, "now": timezone.now(), "count_parts": parts_of}
    if known is None:
        return operations.create_survey(clinic=request.user.clinic, **given)
    return operations.save_draft(survey=known, **given)


def _action(operation: Callable[..., Any], done: str, **given: Any) -> Callable[..., HttpResponse]:
    @require_POST
    @page(Permission.EDIT_CONTENT)
    def act(request: StaffRequest, version_id: UUID) -> HttpResponse:
        version = _own_version(request, version_id)
        try:
            operation(version=version, by=request.actor, now=timezone.now(), **given)
            messages.success(request, done)
        except operations.SurveyConflict as conflict:
            messages.error(request, " ".join(conflict.problems.values()))
        except InvalidSurvey as invalid:
            messages.error(request, " ".join(f"{problem.path}: {problem.message}" for problem in invalid.problems))
        return redirect("survey-version", key=version.survey.key, number=version.number)

    return act


publish = _action(
    operations.publish, "The version is live: follow-ups that open from now on ask it.", count_parts=parts_of
)
retire = _action(operations.retire, "The version is retired; what is under way still asks it.")
