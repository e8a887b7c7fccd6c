"""`patients`: who is followed, and their consent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.core.roles import Permission
from followup.api.bodies import Body, Empty, RevealedField, Row, checked_below
from followup.api.filters import since, until
from followup.api.views import ClinicView
from followup.core.intake import CHANNELS, CONSENT_METHODS, LANGUAGES
from followup.models import Patient
from followup.models.patient import PatientStatus
from followup.operations import enrol, withdraw
from followup.operations.enrol import AlreadyEnrolled, ConsentInput
from followup.queries import rows
from messaging.queries import opted_out
from messaging.tasks import dispatch_outbox

PhoneField = checked_below(pattern=r"^\+[1-9][0-9]{6,14}$")
LanguageField = checked_below(enum=list(LANGUAGES))
ChannelField = checked_below(enum=list(CHANNELS))
BirthField = checked_below(format="date")
MethodField = checked_below(enum=list(CONSENT_METHODS))
PHONE_HELP = "Mobile number in E.164, like +16185550123; patients may share one"
CHANNEL_HELP = "sms: questions by text; web: texts hold a link to a web form and never a question"
BIRTH_HELP = "Asked for before a link opens; null: the last four digits of the phone are"
PRESSURE_HELP = "Known high blood pressure: with it a severe headache is urgent"
ZONE_HELP = "Zone of the IANA list, like America/Chicago: texts leave in this zone's daytime"


class ConsentRow(Row):
    """The consent under which the patient is texted."""

    method = serializers.ChoiceField(choices=CONSENT_METHODS)
    wording_version = serializers.CharField()
    purpose = serializers.CharField()
    evidence = RevealedField(allow_null=True)
    language = serializers.ChoiceField(choices=LANGUAGES)
    given_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class PatientRow(Row):
    """A patient."""

    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="Your own number for the patient")
    name = RevealedField()
    phone = RevealedField(help_text=PHONE_HELP)
    phone_problem = serializers.CharField(help_text="Why texts do not reach the number; blank while they do")
    time_zone = serializers.CharField(help_text=ZONE_HELP)
    language = serializers.ChoiceField(choices=LANGUAGES)
    channel = serializers.ChoiceField(choices=CHANNELS, help_text=CHANNEL_HELP)
    date_of_birth = RevealedField(allow_null=True, help_text=BIRTH_HELP)
    has_hypertension = serializers.BooleanField(help_text=PRESSURE_HELP)
    status = serializers.ChoiceField(choices=PatientStatus.choices)
    paused_until = serializers.DateTimeField(allow_null=True)
    opted_out = serializers.SerializerMethodField(help_text="True: the number said stop, and nothing is texted to it")
    consent = serializers.SerializerMethodField(help_text="Null: there is none, and nothing is texted")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_opted_out(self, patient: Patient) -> bool:
        """Whether the number is opted out; the list has looked up all of its numbers at once."""
        return (patient.clinic_id, patient.phone_hash) in self.context["opted_out"]

    @extend_schema_field(ConsentRow(allow_null=True))
    def get_consent(self, patient: Patient) -> Any:
        """The consent that holds."""
        current = patient.current_consent  # type: ignore[attr-defined]  # prefetched by rows.patients
        return ConsentRow(current[0]).data if current else None


class ConsentBody(Body):
    """Consent as the patient gave it."""

    method = MethodField()
    wording_version = serializers.CharField(max_length=40, help_text="Which wording was agreed to, like 2026-01")
    given_at = serializers.DateTimeField(help_text="Not in the future")
    purpose = serializers.CharField(max_length=40, required=False, help_text="Default: care-follow-up")
    evidence = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Where the signed form is, or who heard it said"
    )


CONSENT_EXAMPLE = {"method": "written", "wording_version": "2026-01", "given_at": "2026-11-20T16:00:00Z"}
PATIENT_EXAMPLE = {
    "reference": "P-0001",
    "name": "Maya Torres",
    "phone": "+16185550123",
    "time_zone": "America/Chicago",
    "language": "en",
    "consent": CONSENT_EXAMPLE,
}


@extend_schema_serializer(examples=[OpenApiExample("With consent", PATIENT_EXAMPLE, request_only=True)])
class PatientCreate(Body):
    """A new patient."""

    reference = serializers.CharField(max_length=64, help_text="Your own number for the patient, once in your clinic")
    name = serializers.CharField(max_length=200)
    phone = PhoneField(help_text=PHONE_HELP)
    time_zone = serializers.CharField(max_length=64, help_text=ZONE_HELP)
    language = LanguageField()
    channel = ChannelField(default="sms", help_text=CHANNEL_HELP)
    date_of_birth = BirthField(allow_null=True, default=None, help_text=BIRTH_HELP)
    has_hypertension = serializers.BooleanField(default=False, help_text=PRESSURE_HELP)
    consent = ConsentBody(allow_null=True, default=None, help_text="Null: the patient is not texted until there is one")


class PatientChange(Body):
    """What may change about a patient. A new phone ends the consent, which was given for the old one."""

    reference = serializers.CharField(max_length=64, required=False)
    name = serializers.CharField(max_length=200, required=False)
    phone = PhoneField(required=False, help_text=PHONE_HELP)
    time_zone = serializers.CharField(max_length=64, required=False, help_text=ZONE_HELP)
    language = LanguageField(required=False)
    channel = ChannelField(required=False, help_text=CHANNEL_HELP)
    date_of_birth = BirthField(required=False, allow_null=True, help_text=BIRTH_HELP)
    has_hypertension = serializers.BooleanField(required=False, help_text=PRESSURE_HELP)


class PauseBody(Body):
    """How long nothing is asked."""

    until = serializers.DateTimeField(help_text="In the future")


class PatientFilters(filters.FilterSet):
    """Filters of the patient list."""

    since, until = since(), until()
    reference = filters.CharFilter(label="Exactly this reference")
    status = filters.ChoiceFilter(choices=PatientStatus.choices)
    language = filters.ChoiceFilter(choices=[(language, language) for language in LANGUAGES])


@extend_schema_view(list=extend_schema(summary="List patients"), retrieve=extend_schema(summary="Show a patient"))
class PatientView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Patients of the clinic."""

    resource = "patient"
    permissions = dict.fromkeys(["list", "retrieve"], Permission.SEE_PATIENTS) | dict.fromkeys(
        ["create", "partial_update", "consent", "withdraw", "pause", "resume"], Permission.EDIT_PATIENTS
    )
    serializer_class = PatientRow
    filterset_class = PatientFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return rows.patients(self.clinic)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Look up every number of the answer at once."""
        given = args[0] if args else []
        shown = given if isinstance(given, list) else [given]
        pairs = {(patient.clinic_id, patient.phone_hash) for patient in shown}
        kwargs["context"] = {**self.get_serializer_context(), "opted_out": opted_out(pairs)}
        return PatientRow(*args, **kwargs)

    def patient_of(self, data: dict[str, Any]) -> Any:
        return data["id"]

    @extend_schema(
        summary="Enrol a patient",
        request=PatientCreate,
        responses={201: PatientRow, 200: OpenApiResponse(PatientRow, "There is such a patient already, all alike")},
    )
    def create(self, request: Request) -> Response:
        """Enrol a patient. With a consent a welcome text follows in their daytime. The same body twice is as once."""
        body = self.read_body(PatientCreate)
        consent = ConsentInput(**body.pop("consent")) if body["consent"] else body.pop("consent")
        try:
            patient = enrol.enrol_patient(clinic=self.clinic, consent=consent, by=self.actor, now=self.now, **body)
        except AlreadyEnrolled as known:
            if known.problems:
                raise
            return self.repeated(self.shown(known.patient))
        transaction.on_commit(dispatch_outbox.delay)
        return self.shown(patient, status.HTTP_201_CREATED)

    @extend_schema(summary="Change a patient", request=PatientChange, responses=PatientRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is named. A new zone moves what is not yet asked."""
        changes = self.read_body(PatientChange)
        return self.shown(enrol.change_patient(patient=self.get_object(), by=self.actor, now=self.now, **changes))

    @extend_schema(summary="Record a consent", request=ConsentBody, responses=PatientRow)
    @action(detail=True, methods=["post"])
    def consent(self, request: Request, pk: str) -> Response:
        """Record a consent for the present number. It replaces an earlier one and ends an opt-out of the number."""
        consent = ConsentInput(**self.read_body(ConsentBody))
        patient = self.get_object()
        enrol.give_consent(patient=patient, consent=consent, by=self.actor, now=self.now)
        transaction.on_commit(dispatch_outbox.delay)
        return self.shown(patient)

    @extend_schema(summary="Withdraw the consent", request=Empty, responses=PatientRow)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """End the consent: nothing more is asked or sent, and what is scheduled is cancelled."""
        self.read_body(Empty)
        return self.shown(withdraw.withdraw_consent(patient=self.get_object(), by=self.actor, now=self.now))

    @extend_schema(summary="Pause a patient", request=PauseBody, responses=PatientRow)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Ask nothing until a time; what would close before it is skipped."""
        until = self.read_body(PauseBody)["until"]
        return self.shown(withdraw.pause_patient(patient=self.get_object(), until=until, by=self.actor, now=self.now))

    @extend_schema(summary="Follow a patient again", request=Empty, responses=PatientRow)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """End a pause or a withdrawal. After a withdrawal nothing is sent before a new consent."""
        self.read_body(Empty)
        return self.shown(withdraw.resume_patient(patient=self.get_object(), by=self.actor, now=self.now))
