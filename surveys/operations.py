"""Writes of the room: surveys are drafted, published and retired; what was published never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clinics import audit
from clinics.core.actor import Actor
from surveys import library
from surveys.core.definition import CountParts, InvalidSurvey, Problem, SurveyDefinition, parse, restore
from surveys.models import Survey, SurveyVersion, VersionStatus

LONGEST_NAME = 120


class SurveyConflict(Exception):
    """What is there already stands in the way; `problems` maps the field to the reason and the remedy."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = dict(problems)


class OwnerClinic(Protocol):
    """What this room needs of a clinic."""

    @property
    def id(self) -> UUID:
        """The clinic's id."""


@transaction.atomic
def create_survey(
    *, clinic: OwnerClinic, document: Mapping[str, Any], count_parts: CountParts, by: Actor, now: datetime
) -> SurveyVersion:
    """Make a survey with its first draft. `count_parts` tells how many SMS parts a text takes.

    Raises:
        InvalidSurvey: with every problem of the document.
        SurveyConflict: the clinic has a survey of that key.
    """
    definition = _checked(document, count_parts)
    survey, is_new = Survey.objects.get_or_create(
        clinic_id=clinic.id, key=definition.key, defaults={"name": _name(definition), "created_at": now}
    )
    if not is_new:
        raise SurveyConflict({"key": "There is a survey of this key already; save a new draft of it."})
    version = _draft(survey, definition, number=1, by=by, now=now)
    _record("survey.create", [version], by, now)
    return version


@transaction.atomic
def save_draft(
    *, survey: Survey, document: Mapping[str, Any], count_parts: CountParts, by: Actor, now: datetime
) -> SurveyVersion:
    """Make the survey's one draft, or replace what it says. The key of a survey never changes.

    Raises:
        InvalidSurvey: with every problem of the document.
    """
    definition = _checked(document, count_parts, key=survey.key)
    survey = _locked(survey)
    draft = survey.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        number = survey.versions.aggregate(last=Max("number"))["last"] or 0
        draft = _draft(survey, definition, number=number + 1, by=by, now=now)
    else:
        draft.document, draft.digest = dict(definition.document), definition.digest
        draft.created_at, draft.created_by = now, by.id
        draft.save(update_fields=["document", "digest", "created_at", "created_by"])
    _record("survey.save", [draft], by, now)
    return draft


@transaction.atomic
def load_survey(
    *, clinic: OwnerClinic, document: Mapping[str, Any], count_parts: CountParts, by: Actor, now: datetime
) -> SurveyVersion:
    """Make a draft of the document, be its survey new to the clinic or not.

    Raises:
        InvalidSurvey: with every problem of the document.
    """
    key = _checked(document, count_parts).key
    survey = Survey.objects.filter(clinic_id=clinic.id, key=key).first()
    if survey is None:
        return create_survey(clinic=clinic, document=document, count_parts=count_parts, by=by, now=now)
    return save_draft(survey=survey, document=document, count_parts=count_parts, by=by, now=now)


@transaction.atomic
def publish(*, version: SurveyVersion, count_parts: CountParts, by: Actor, now: datetime) -> SurveyVersion:
    """Put a draft live; the version that was live is retired. Conversations that have begun keep the version they have.

    Raises:
        InvalidSurvey: rules that came after the draft was saved refuse it; with every problem.
        SurveyConflict: it is not a draft.
    """
    survey = _locked(version.survey)
    version = SurveyVersion.objects.select_for_update().get(pk=version.pk)
    if version.status != VersionStatus.DRAFT:
        raise SurveyConflict({"status": "Only a draft can be published; save a new draft."})
    definition = _checked(version.document, count_parts, key=survey.key)
    for live in survey.versions.filter(status=VersionStatus.PUBLISHED):
        retire(version=live, by=by, now=now)
    version.status, version.published_at, version.published_by = VersionStatus.PUBLISHED, now, by.id
    version.save(update_fields=["status", "published_at", "published_by"])
    survey.name = _name(definition)
    survey.save(update_fields=["name"])
    _record("survey.publish", [version], by, now)
    return version


@transaction.atomic
def retire(*, version: SurveyVersion, by: Actor, now: datetime) -> SurveyVersion:
    """Ask this version no more in new conversations.

    Raises:
        SurveyConflict: it is not the live version.
    """
    version = SurveyVersion.objects.select_for_update(of=("self",)).select_related("survey").get(pk=version.pk)
    if version.status != VersionStatus.PUBLISHED:
        raise SurveyConflict({"status": "Only the live version can be retired."})
    version.status, version.retired_at, version.retired_by = VersionStatus.RETIRED, now, by.id
    version.save(update_fields=["status", "retired_at", "retired_by"])
    _record("survey.retire", [version], by, now)
    return version


@transaction.atomic
def install_library(
    *, clinic: OwnerClinic, by: Actor, now: datetime, keys: Sequence[str] | None = None
) -> list[SurveyVersion]:
    """Publish shipped surveys for a clinic: those of `keys`, or all but the ones a clinic must turn on itself.

    A survey that the clinic has already, changed or not, is left as it is. Returns the versions that are new.

    Raises:
        surveys.library.NoSuchSurvey: a key that the library does not have.
    """
    wanted = [key for key in library.shipped() if key not in library.switched_off()] if keys is None else keys
    there = set(Survey.objects.filter(clinic_id=clinic.id).values_list("key", flat=True))
    definitions = [restore(library.document(key)) for key in wanted if key not in there]
    created = [Survey(clinic_id=clinic.id, key=each.key, name=_name(each), created_at=now) for each in definitions]
    Survey.objects.bulk_create(created)
    pairs = zip(created, definitions, strict=True)
    published = [_version(survey, each, number=1, by=by, now=now) for survey, each in pairs]
    for version in published:
        version.status, version.published_at, version.published_by = VersionStatus.PUBLISHED, now, by.id
    SurveyVersion.objects.bulk_create(published)
    _record("survey.install", published, by, now)
    return published


def _checked(document: Mapping[str, Any], count_parts: CountParts, *, key: str | None = None) -> SurveyDefinition:
    definition = parse(document, count_parts=count_parts)
    if key is not None and definition.key != key:
        raise InvalidSurvey([Problem("key", f"The key of this survey is {key} and stays so.")])
    return definition


def _name(definition: SurveyDefinition) -> str:
    return definition.name[definition.languages[0]][:LONGEST_NAME]


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _draft(survey: Survey, definition: SurveyDefinition, *, number: int, by: Actor, now: datetime) -> SurveyVersion:
    version = _version(survey, definition, number=number, by=by, now=now)
    version.save(force_insert=True)
    return version


def _version(survey: Survey, definition: SurveyDefinition, *, number: int, by: Actor, now: datetime) -> SurveyVersion:
    return SurveyVersion(
        survey=survey,
        number=number,
        document=dict(definition.document),
        digest=definition.digest,
        created_at=now,
        created_by=by.id,
    )


def _record(action: str, versions: Sequence[SurveyVersion], by: Actor, now: datetime) -> None:
    audit.record_many(
        audit.Entry(
            clinic_id=version.survey.clinic_id,
            by=by,
            action=action,
            object_type="survey_version",
            object_id=version.id,
            detail={"survey": version.survey.key, "number": version.number},
            now=now,
        )
        for version in versions
    )
