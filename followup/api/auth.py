"""Who calls: a bearer token, or a member of staff who is signed in to the pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from clinics.operations import touch_token
from clinics.queries import live_token


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. Why a token does not work is not told apart."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, plaintext = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = live_token(plaintext.strip(), now=now)
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        touch_token(token=token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="followup"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package has no types
    """How the schema names the bearer token."""

    target_class = BearerAuthentication
    name = "bearer"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made on the staff page, by POST /api/v1/tokens/ or by `manage.py create_token`. "
            "It has the rights of the member of staff it belongs to, or only those named as its scopes.",
        }


class RoleAllows(BasePermission):
    """The caller's role, narrowed by the token's scopes, must hold what the view names for its action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = view.permission_needed()
        if needed is None or needed in view.rights:
            return True
        self.message = f"This needs the permission {needed}, which your role or token does not have."
        return False
