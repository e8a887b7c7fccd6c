"""What a request of a signed-in member of staff carries, for those who read the types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clinics.core.actor import Actor


class StaffRequest(HttpRequest):
    """A request that `access.page` has let in: a member of staff, the actor for the audit log, and htmx's facts."""

    user: Any  # a clinics.models.User, which this room may not import
    actor: Actor
    htmx: Any
