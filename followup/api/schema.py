"""The OpenAPI document: exact enough that a stranger needs nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from followup.api.idempotency import KEY_HEADER, LONGEST_KEY
from followup.api.problems import CONTENT_TYPE, ProblemSerializer

ERRORS = {
    "400": "The request is malformed, or fields or parameters are wrong: all are named",
    "401": "The token or session is missing or no longer good",
    "403": "The role or token does not have the permission this needs; a session also needs its CSRF token",
    "404": "Your clinic has nothing with this id",
    "409": "What is stored says otherwise, or the first request with this key is still at work",
    "413": "The body is larger than five megabytes",
    "415": "The body is not application/json",
    "422": "The Idempotency-Key came with another request before",
    "429": "Too many requests: wait the seconds that Retry-After names",
}

KEY_PARAMETER = OpenApiParameter(
    KEY_HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Any text of yours, fresh for each request. Repeated within 24 hours with the same request it gets the "
    "first answer again, with the header Idempotent-Replayed: true, and nothing is done twice.",
)


class ClinicSchema(AutoSchema):
    """Adds to what the views and serializers say: errors as problem details, keys, and words from docstrings."""

    def get_override_parameters(self) -> list[Any]:
        return [KEY_PARAMETER] if self.method == "POST" else []

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]  # as the package calls it
        """The docstring of the action, and what it needs."""
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        words = re.sub(r"\s+", " ", (handler.__doc__ or "")).strip() if handler else ""
        permissions = getattr(self.view, "permissions", {})
        needed = permissions.get(getattr(self.view, "action", None))
        return f"{words}\n\nNeeds `{needed}`.".strip() if needed else words

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction=direction)
        if direction == "response":
            problem = self.resolve_serializer(ProblemSerializer, "response").ref
            for code in self._errors():
                responses.setdefault(
                    code, {"description": ERRORS[code], "content": {CONTENT_TYPE: {"schema": problem}}}
                )
        return responses

    def _errors(self) -> list[str]:
        codes = ["400", "401", "403", "429"]
        if "{" in self.path or (self.method == "POST" and getattr(self.view, "body_names_rows", False)):
            codes.append("404")
        if self.method == "POST":
            codes += ["409", "422"]
        if self.method in ("POST", "PATCH"):
            codes += ["409", "413", "415"]
        return sorted(set(codes))


INTRODUCTION = Path(__file__).with_name("introduction.md")
SESSION = "The session cookie of a member of staff who is signed in; changes need X-CSRFToken as well."


def finish_document(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the introduction, and say what the bodies do: a field that they do not name is refused."""
    result["info"]["description"] = INTRODUCTION.read_text()
    result["components"]["securitySchemes"]["cookieAuth"]["description"] = SESSION
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request") and component.get("type") == "object":
            component.setdefault("additionalProperties", False)
    return result
