"""`staff` and `tokens`: who works here, and the machines that act for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinics import operations, queries
from clinics.core.roles import Permission, Role
from followup.api.bodies import Body, RevealedField, Row, checked_below
from followup.api.filters import FlagFilter
from followup.api.views import ClinicView

DIRECTOR_HELP = "Called out to every emergency, and last in line for what is urgent"
FALLBACK_HELP = "Called out when nobody on call can be reached"


class StaffRow(Row):
    """A member of staff."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    phone = RevealedField(allow_null=True, help_text="Mobile number that alerts go to; null: cannot be on call")
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    is_director = serializers.BooleanField(help_text=DIRECTOR_HELP)
    is_fallback = serializers.BooleanField(help_text=FALLBACK_HELP)
    is_active = serializers.BooleanField(help_text="False: can no longer sign in, and has no token")
    created_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A clinician",
            {
                "email": "bo@north.example",
                "name": "Bo Lind",
                "role": "clinician",
                "password": "seven green lamps burning",
            },
            request_only=True,
        )
    ]
)
class StaffCreate(Body):
    """A new member of staff."""

    email = serializers.EmailField(max_length=254, help_text="What they sign in with; one person has it")
    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    phone = checked_below(format="e164", example="+16185550123")(
        default="", allow_blank=True, max_length=20, help_text="Mobile number that alerts go to; blank: none"
    )
    password = serializers.CharField(
        max_length=200,
        trim_whitespace=False,
        write_only=True,
        help_text="At least 12 characters, not a common one, not like the name or address",
    )


class StaffChange(Body):
    """What may change about a member of staff."""

    name = serializers.CharField(max_length=120, required=False)
    role = serializers.ChoiceField(choices=[role.value for role in Role], required=False)
    phone = checked_below(format="e164", example="+16185550123")(
        required=False, allow_blank=True, max_length=20, help_text="Mobile number that alerts go to; blank: none"
    )
    is_director = serializers.BooleanField(required=False, help_text=DIRECTOR_HELP)
    is_fallback = serializers.BooleanField(required=False, help_text=FALLBACK_HELP)
    is_active = serializers.BooleanField(required=False, help_text="False also revokes every token, for good")


class StaffFilters(filters.FilterSet):
    """Filters of the staff list."""

    role = filters.ChoiceFilter(choices=[(role.value, role.value) for role in Role])
    is_active = FlagFilter()


@extend_schema_view(list=extend_schema(summary="List staff"), retrieve=extend_schema(summary="Show a member of staff"))
class StaffView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """Members of staff of the clinic."""

    resource = "staff"
    permissions = dict.fromkeys(["list", "retrieve", "create", "partial_update"], Permission.MANAGE_STAFF)
    serializer_class = StaffRow
    filterset_class = StaffFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return queries.staff(self.clinic)

    @extend_schema(summary="Add a member of staff", request=StaffCreate, responses={201: StaffRow})
    def create(self, request: Request) -> Response:
        """Add somebody, who can sign in at once."""
        body = self.read_body(StaffCreate)
        user = operations.create_staff(clinic=self.clinic, by=self.actor, now=self.now, **body)
        return Response(StaffRow(user).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change a member of staff", request=StaffChange, responses=StaffRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change name, role or phone, or let somebody leave by `is_active: false`. The clinic keeps an active admin."""
        body = self.read_body(StaffChange)
        user = operations.change_staff(user=self.get_object(), by=self.actor, now=self.now, **body)
        return Response(StaffRow(user).data)


class TokenRow(Row):
    """A token; what it is cannot be read again."""

    id = serializers.UUIDField()
    staff = serializers.UUIDField(source="user_id", help_text="Whose rights it has")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[permission.value for permission in Permission]),
        help_text="Its permissions; empty: all that the role has",
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute")
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokenMade(TokenRow):
    """A token at the one time it can be read."""

    token = serializers.CharField(
        allow_null=True, help_text="Keep it now. Null when the answer is a repeated one (Idempotent-Replayed: true)"
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "For the practice system",
            {"staff": "019ab3c4-6f00-7000-8000-000000000001", "scopes": ["see_patients", "edit_patients"], "days": 90},
            request_only=True,
        )
    ]
)
class TokenCreate(Body):
    """A new token."""

    staff = serializers.UUIDField(help_text="Whose rights it has")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=[permission.value for permission in Permission]),
        default=list,
        max_length=len(Permission),
        help_text="Only these permissions; empty: all that the role has",
    )
    days = serializers.IntegerField(default=90, min_value=1, max_value=366, help_text="How long it lives")


class TokenFilters(filters.FilterSet):
    """Filters of the token list."""

    staff = filters.UUIDFilter(field_name="user_id")


@extend_schema_view(list=extend_schema(summary="List tokens"), retrieve=extend_schema(summary="Show a token"))
class TokenView(ListModelMixin, RetrieveModelMixin, ClinicView):
    """API tokens of the clinic's staff."""

    resource = "token"
    body_names_rows = True
    permissions = dict.fromkeys(["list", "retrieve", "create", "destroy"], Permission.MANAGE_STAFF)
    serializer_class = TokenRow
    filterset_class = TokenFilters
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return queries.tokens(self.clinic)

    @extend_schema(summary="Make a token", request=TokenCreate, responses={201: TokenMade})
    def create(self, request: Request) -> Response:
        """Make a token that acts with the rights of a member of staff, or fewer. It is shown this once."""
        body = self.read_body(TokenCreate)
        holder = self.own(queries.staff(self.clinic), body["staff"], "staff")
        token, plaintext = operations.create_token(
            user=holder, scopes=body["scopes"], lifetime=timedelta(days=body["days"]), by=self.actor, now=self.now
        )
        token.token = plaintext  # type: ignore[attr-defined]  # lives for this answer only
        return Response(TokenMade(token).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Revoke a token")
    def destroy(self, request: Request, pk: str) -> Response:
        """End a token at once. Revoking it again changes nothing."""
        operations.revoke_token(token=self.get_object(), by=self.actor, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def kept_data(self, data: Any) -> Any:
        return data | {"token": None} if "token" in data else data
