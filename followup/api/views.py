"""What every view of the API does alike: scope, permission, one audit row, idempotency, strict parameters."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinics import audit
from clinics.core.actor import Actor
from clinics.core.roles import Permission
from clinics.middleware import actor_of
from clinics.queries import no_clinic, permissions_of
from followup.api.auth import BearerAuthentication, RoleAllows
from followup.api.idempotency import REPLAYED_HEADER, IdempotentPosts
from followup.api.pages import KeysetPagination
from followup.api.parsers import OnlyJSON
from followup.api.problems import Unknown
from followup.api.schema import ClinicSchema
from followup.api.throttles import ClientThrottle


class ClinicView(IdempotentPosts, GenericViewSet[Any]):
    """A resource of the caller's clinic. `permissions` names what each action needs; what is not named is not there.

    `page_field` is the time that lists are ordered by; `body_names_rows` says that a POST may name unknown rows.
    """

    resource: ClassVar[str]
    permissions: ClassVar[dict[str, Permission]]
    page_field: ClassVar[str] = "created_at"
    body_names_rows: ClassVar[bool] = False
    http_method_names = ["get", "head", "post", "patch", "delete"]
    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [RoleAllows]
    throttle_classes = [ClientThrottle]
    content_negotiation_class = OnlyJSON
    schema = ClinicSchema()
    pagination_class = KeysetPagination
    paginator: KeysetPagination
    filter_backends = [DjangoFilterBackend]

    @property
    def clinic(self) -> Any:
        """The caller's clinic: everything a view shows or changes is looked up inside it."""
        if getattr(self, "swagger_fake_view", False):
            return no_clinic()  # the schema is written without a caller, from the shape of the queries
        return self._caller.clinic

    @property
    def actor(self) -> Actor:
        """Who the operations and the audit log are told is acting."""
        return actor_of(self.request, self._caller, self._token)

    @property
    def rights(self) -> frozenset[Permission]:
        """What the caller may do."""
        return permissions_of(self._caller, self._token)

    @property
    def _caller(self) -> Any:
        return self.request.user

    @property
    def _token(self) -> Any:
        return self.request.auth

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return timezone.now()

    def permission_needed(self) -> Permission | None:
        """What the running action needs; None when the method has no action here, which is answered with 405."""
        return self.permissions[self.action] if self._is_served() else None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request.body  # noqa: B018  # read whole before it is parsed: it is hashed too, and a limit holds for its size
        if self._is_served():
            self._check_parameters(request)
            self.claim_key(request)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        self._record(request, response)
        return response

    def read_body(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The request's body in the shape of `shape`; raises ValidationError with everything that is wrong."""
        body = shape(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data: dict[str, Any] = body.validated_data
        return data

    def own(self, rows: QuerySet[Any], pk: Any, attr: str) -> Any:
        """The row that a field of the body names; another clinic's is as unknown as one that never was."""
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Unknown(attr)
        return row

    def shown(self, row: Any, code: int = 200) -> Response:
        """The answer that shows `row` as it now stands, with all that a list shows of it."""
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=code)

    def repeated(self, response: Response) -> Response:
        """Mark an answer that shows what was there before: nothing was changed, but somebody read it."""
        response[REPLAYED_HEADER] = "true"
        return response

    def _is_served(self) -> bool:
        """Whether the method leads to an action of ours; OPTIONS would lead to one of the framework's."""
        return self.action not in (None, "metadata")

    def _check_parameters(self, request: Request) -> None:
        """A misspelt, empty or doubled filter would otherwise answer with everybody, or with whom nobody meant."""
        known = self._parameters()
        problems: dict[str, Any] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                names = ", ".join(sorted(known)) or "none"
                problems[name] = [ErrorDetail(f"This parameter is unknown here; known: {names}.", "unknown")]
            elif len(values) > 1 or not values[0]:
                problems[name] = [ErrorDetail("Give this parameter once, with a value, or leave it out.", "invalid")]
        if problems:
            raise ValidationError(problems)

    def _parameters(self) -> set[str]:
        if self.action != "list":
            return set()
        filters = getattr(self, "filterset_class", None)
        return set(KeysetPagination.parameters) | set(filters.base_filters if filters else ())

    def _record(self, request: Any, response: Any) -> None:
        """One row for each read, list and refusal; the operations record the changes."""
        if not getattr(request.user, "is_authenticated", False):
            return
        verb = self._verb(response)
        if verb is None:
            return
        refused = verb == "refuse"
        audit.record(
            clinic_id=self.clinic.pk,
            by=self.actor,
            action=f"{self.resource}.{verb}",
            object_type=self.resource,
            object_id=str(next(iter(self.kwargs.values()), ""))[:64],
            patient_id=self.patient_of(response.data) if verb == "read" else None,
            detail={"method": request.method, "status": response.status_code} if refused else self._seen(response),
            now=self.now,
        )

    def _verb(self, response: Any) -> str | None:
        """What the audit log calls this request, or None when it changed something, or failed without showing any."""
        if response.status_code in (403, 404):
            return "refuse"
        if response.get(REPLAYED_HEADER):
            return "repeat"
        if self.request.method not in ("GET", "HEAD") or response.status_code != 200:
            return None
        return "list" if self.action == "list" else "read"

    def _seen(self, response: Any) -> dict[str, Any]:
        """How many rows were seen, and by which filters; what the filters held stays out of the log."""
        if self.action != "list":
            return {}
        names = sorted(set(self.request.query_params) - KeysetPagination.parameters)
        return {"rows": len(response.data["results"]), "filters": names}

    def patient_of(self, data: dict[str, Any]) -> Any:
        """The patient whom a read was about."""
        return data.get("patient")


class NoSuchAddress(APIView):
    """Answers every address under /api/ that means nothing, with a problem like any other."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        hint = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise NotFound(f"There is nothing at this address.{hint}")
