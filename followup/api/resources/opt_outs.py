"""`opt-outs`: numbers that said stop."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, RevealedField, Row
from followup.api.filters import FlagFilter, since, until
from followup.api.problems import Conflicting
from followup.api.resources.patients import ConsentBody
from followup.api.views import ClinicView
from followup.operations import enrol, withdraw
from followup.operations.enrol import ConsentInput
from followup.queries import rows
from messaging import queries
from messaging.tasks import dispatch_outbox


class OptOutRow(Row):
    """An opt-out. It is never deleted; a START from the phone or a new consent ends it."""

    id = serializers.UUIDField()
    number = RevealedField()
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        help_text="keyword, free_text, carrier, staff, api, phone or page"
    )
    since = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null: nothing is texted to the number")
    ended_by = serializers.CharField(allow_null=True)


class OptOutCreate(Body):
    """A patient's wish that nothing be texted to their number any more."""

    patient = serializers.UUIDField()
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name
        choices=["api", "phone", "staff"], default="api", help_text="phone: told by telephone; staff: told at the desk"
    )
    confirm = serializers.BooleanField(default=False, help_text="True: one text confirms it")


class OptOutEnd(Body):
    """The new consent that ends an opt-out."""

    patient = serializers.UUIDField(help_text="Who gave it; the number may be shared")
    consent = ConsentBody()


class OptOutFilters(filters.FilterSet):
    """Filters of the list of opt-outs."""

    since, until = since("since"), until("since")
    patient = filters.UUIDFilter(method="of_patient", label="Of the patient's present number")
    active = FlagFilter(field_name="ended_at", lookup_expr="isnull")

    def of_patient(self, opt_outs: Any, name: str, value: Any) -> Any:
        """Opt-outs of the number that this patient of the clinic has."""
        patient = rows.patients(self.request.user.clinic).filter(pk=value).first()
        return opt_outs.filter(number_hash=patient.phone_hash) if patient else opt_outs.none()


@extend_schema_view(list=extend_schema(summary="List opt-outs"), retrieve=extend_schema(summary="Show an opt-out"))
class OptOutView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Opt-outs of the clinic. An opt-out covers every programme of the clinic."""

    resource = "opt_out"
    body_names_rows = True
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_PATIENTS) | dict.fromkeys(
        ["create", "end"], Permission.EDIT_PATIENTS
    )
    serializer_class = OptOutRow
    filterset_class = OptOutFilters
    page_field = "since"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return queries.opt_outs(self.clinic)

    @extend_schema(
        summary="Opt a patient's number out",
        request=OptOutCreate,
        responses={201: OptOutRow, 200: OpenApiResponse(OptOutRow, "The number was opted out already")},
    )
    def create(self, request: Request) -> Response:
        """Stop every text to the patient's number at once and cancel all that is queued."""
        body = self.read_body(OptOutCreate)
        patient = self.own(rows.patients(self.clinic), body.pop("patient"), "patient")
        active = self.get_queryset().filter(number_hash=patient.phone_hash, ended_at=None)
        before = active.first()
        withdraw.opt_out_patient(patient=patient, by=self.actor, now=self.now, **body)
        transaction.on_commit(dispatch_outbox.delay)
        return self.repeated(self.shown(before)) if before else self.shown(active.get(), status.HTTP_201_CREATED)

    @extend_schema(summary="End an opt-out with a new consent", request=OptOutEnd, responses=OptOutRow)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Record the patient's new consent, which ends the opt-out of the number."""
        body = self.read_body(OptOutEnd)
        opt_out = self.get_object()
        patient = self.own(rows.patients(self.clinic), body["patient"], "patient")
        if patient.phone_hash != opt_out.number_hash:
            raise Conflicting({"patient": "This opt-out is not of the patient's number."})
        enrol.give_consent(patient=patient, consent=ConsentInput(**body["consent"]), by=self.actor, now=self.now)
        transaction.on_commit(dispatch_outbox.delay)
        return self.shown(opt_out)
