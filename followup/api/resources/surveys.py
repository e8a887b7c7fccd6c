"""`surveys` and their versions: what is asked, as documents."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Empty, Row
from followup.api.filters import since, until
from followup.api.problems import Conflicting
from followup.api.views import ClinicView
from messaging.core.segments import parts_of
from surveys import operations, queries

STATUSES = ["draft", "published", "retired"]

DOCUMENT_HELP = (
    "Questions, wording by language, branching, scores and triage as one document; its `key` is the survey's. "
    "Show a published version to see the form"
)

EXAMPLE = {
    "format": 1,
    "key": "sleep",
    "languages": ["en", "es"],
    "name": {"en": "Sleep", "es": "Sueño"},
    "questions": [
        {
            "key": "sleep_hours",
            "type": "scale",
            "min": 0,
            "max": 10,
            "prompt": {
                "en": "How well did you sleep last night, from 0 (not at all) to 10 (very well)?",
                "es": "¿Cómo durmió anoche, de 0 (nada) a 10 (muy bien)?",
            },
        }
    ],
}


class SurveyRow(Row):
    """A survey."""

    key = serializers.CharField()
    name = serializers.CharField()
    live_version = serializers.IntegerField(allow_null=True, help_text="Number of the published version; null: none")
    draft_version = serializers.IntegerField(allow_null=True, help_text="Number of the draft; null: none")
    created_at = serializers.DateTimeField()


class VersionRow(Row):
    """A version, without its document."""

    survey = serializers.CharField(source="survey.key")
    number = serializers.IntegerField(help_text="From 1")
    status = serializers.ChoiceField(choices=STATUSES)
    digest = serializers.CharField(help_text="SHA-256 of the document")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)


class WholeVersionRow(VersionRow):
    """A version with its document."""

    document = serializers.DictField(help_text=DOCUMENT_HELP)


@extend_schema_serializer(examples=[OpenApiExample("One question", {"document": EXAMPLE}, request_only=True)])
class DocumentBody(Body):
    """A survey as a document. It is checked as a whole: every problem is named, with its place in the document."""

    document = serializers.DictField(help_text=DOCUMENT_HELP)


class SurveyFilters(filters.FilterSet):
    """Filters of the survey list."""

    since, until = since(), until()


@extend_schema_view(list=extend_schema(summary="List surveys"), retrieve=extend_schema(summary="Show a survey"))
class SurveyView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Surveys of the clinic."""

    resource = "survey"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_CONTENT) | {"create": Permission.EDIT_CONTENT}
    serializer_class = SurveyRow
    filterset_class = SurveyFilters
    lookup_field = "key"
    lookup_value_converter = "slug"

    def get_queryset(self) -> Any:
        return queries.surveys(self.clinic.pk).annotate(
            live_version=Max("versions__number", filter=Q(versions__status="published")),
            draft_version=Max("versions__number", filter=Q(versions__status="draft")),
        )

    @extend_schema(summary="Create a survey", request=DocumentBody, responses={201: WholeVersionRow})
    def create(self, request: Request) -> Response:
        """Write a new survey, whose key is its document's, as a draft of version 1."""
        document = self.read_body(DocumentBody)["document"]
        version = operations.create_survey(
            clinic=self.clinic, document=document, count_parts=parts_of, by=self.actor, now=self.now
        )
        return Response(WholeVersionRow(version).data, status=status.HTTP_201_CREATED)


class VersionFilters(filters.FilterSet):
    """Filters of the list of versions."""

    status = filters.ChoiceFilter(choices=[(status, status) for status in STATUSES])


@extend_schema_view(
    list=extend_schema(summary="List versions of a survey", responses=VersionRow(many=True)),
    retrieve=extend_schema(summary="Show a version of a survey"),
)
class SurveyVersionView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Versions of a survey. A published one never changes: a follow-up that was asked keeps the version it pinned."""

    resource = "survey_version"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_CONTENT) | dict.fromkeys(
        ["create", "partial_update", "publish", "retire"], Permission.EDIT_CONTENT
    )
    serializer_class = WholeVersionRow
    filterset_class = VersionFilters
    lookup_field = "number"
    lookup_value_converter = "bigint"

    def get_queryset(self) -> Any:
        return queries.versions(self.clinic.pk, self.kwargs.get("key", ""))

    def get_serializer_class(self) -> Any:
        return VersionRow if self.action == "list" else WholeVersionRow

    def list(self, request: Request, key: str) -> Response:
        """Versions, newest first, without their documents."""
        self._survey(key)
        return super().list(request)

    @extend_schema(summary="Draft the next version", request=DocumentBody, responses={201: WholeVersionRow})
    def create(self, request: Request, key: str) -> Response:
        """Write the next version as a draft. A survey has one draft at most: change that one instead."""
        document = self.read_body(DocumentBody)["document"]
        survey = self._survey(key)
        if survey.versions.filter(status="draft").exists():
            raise Conflicting({"body": "This survey has a draft already: change that one."})
        return self.shown(self._save(survey, document), status.HTTP_201_CREATED)

    @extend_schema(summary="Replace a draft's document", request=DocumentBody, responses=WholeVersionRow)
    def partial_update(self, request: Request, key: str, number: int) -> Response:
        """Replace the document of a draft as a whole."""
        document = self.read_body(DocumentBody)["document"]
        version = self.get_object()
        if version.status != "draft":
            raise Conflicting({"status": "Only a draft can be changed: draft the next version."})
        return self.shown(self._save(version.survey, document))

    @extend_schema(summary="Publish a draft", request=Empty, responses=WholeVersionRow)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, key: str, number: int) -> Response:
        """Put a draft live; the version before it is retired. Follow-ups pin it from now on."""
        self.read_body(Empty)
        version = self.get_object()
        operations.publish(version=version, count_parts=parts_of, by=self.actor, now=self.now)
        return self.shown(version)

    @extend_schema(summary="Retire a version", request=Empty, responses=WholeVersionRow)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, key: str, number: int) -> Response:
        """Take the live version out of use. What was asked with it is still answered."""
        self.read_body(Empty)
        return self.shown(operations.retire(version=self.get_object(), by=self.actor, now=self.now))

    def _save(self, survey: Any, document: dict[str, Any]) -> Any:
        return operations.save_draft(
            survey=survey, document=document, count_parts=parts_of, by=self.actor, now=self.now
        )

    def _survey(self, key: str) -> Any:
        survey = queries.surveys(self.clinic.pk).filter(key=key).first()
        if survey is None:
            raise Http404
        return survey
