"""Reads of the room: a clinic's surveys and versions, and definitions ready for the engine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet

from surveys.core.definition import SurveyDefinition, restore
from surveys.models import Survey, SurveyVersion, VersionStatus


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The version of a survey that is asked from now on."""

    id: UUID
    number: int
    digest: str
    definition: SurveyDefinition


def surveys(clinic_id: UUID) -> QuerySet[Survey]:
    """The surveys of a clinic, by key."""
    return Survey.objects.filter(clinic_id=clinic_id).order_by("key")


def versions(clinic_id: UUID, key: str) -> QuerySet[SurveyVersion]:
    """The versions of a clinic's survey, newest first."""
    found = SurveyVersion.objects.filter(survey__clinic_id=clinic_id, survey__key=key)
    return found.select_related("survey").order_by("-number")


def version(clinic_id: UUID, version_id: UUID) -> SurveyVersion | None:
    """One version of the clinic's surveys, or None, also for a version of another clinic."""
    return SurveyVersion.objects.filter(survey__clinic_id=clinic_id, pk=version_id).select_related("survey").first()


def live_versions(wanted: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], LiveVersion]:
    """The live versions of surveys, by (clinic id, survey key); those that have none are missing from the answer."""
    if not wanted:
        return {}
    one_of = Q()
    for clinic_id, key in wanted:
        one_of |= Q(survey__clinic_id=clinic_id, survey__key=key)
    live = SurveyVersion.objects.filter(one_of, status=VersionStatus.PUBLISHED)
    rows = live.values_list("survey__clinic_id", "survey__key", "id", "number", "digest")
    return {
        (clinic_id, key): LiveVersion(version_id, number, digest, definition_of(version_id))
        for clinic_id, key, version_id, number, digest in rows
    }


def definition_of(version_id: UUID) -> SurveyDefinition:
    """The survey of a version. One that was ever published is kept in memory: it cannot change any more.

    Raises:
        SurveyVersion.DoesNotExist: there is no such version.
    """
    try:
        return _frozen(version_id)
    except SurveyVersion.DoesNotExist:
        return restore(SurveyVersion.objects.get(pk=version_id).document)


@lru_cache(maxsize=512)
def _frozen(version_id: UUID) -> SurveyDefinition:
    return restore(SurveyVersion.objects.exclude(status=VersionStatus.DRAFT).get(pk=version_id).document)
