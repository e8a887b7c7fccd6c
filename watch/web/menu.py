"""How many alerts are open, for the menu of those who operate."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinics.core.roles import Permission, allows
from watch.queries import open_alerts as query


def open_alerts(request: HttpRequest) -> dict[str, Any]:
    """A template's `open_alerts`; it is counted only where a page shows it to somebody who may know."""
    return {"open_alerts": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user: Any = request.user
    if not user.is_authenticated or not allows(user.role, Permission.OPERATE):
        return 0
    return query(user.clinic_id).count()
