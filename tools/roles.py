"""docs/ROLES.md: what each role may do, written from the table of permissions and from what the API's views name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clinics.core.roles import Permission, Role, allows

HEADER = """# Who may do what

Generated from `clinics/core/roles.py` and the views of the API by `python -m tools.docs`. One test fails when it is
stale, another tries every line with every role.

Each member of staff has one role in one clinic. A token has the rights of the member of staff it belongs to, or only
those named as its scopes. Another clinic's rows do not exist for anybody: the answer is 404. A right that is missing
is refused with 403, and the refusal is kept in the audit log.
"""

MEANINGS = {
    Permission.SEE_PATIENTS: "patients, care sessions, follow-ups, opt-outs, and that texts went and came",
    Permission.EDIT_PATIENTS: "enrol, change, import, consent, opt-outs, care sessions, ask now",
    Permission.SEE_ANSWERS: "responses, what texts say, signals, reviews, exports",
    Permission.REVIEW: "claim, sign off, escalate",
    Permission.SEE_CONTENT: "surveys and plans",
    Permission.EDIT_CONTENT: "create, publish, retire surveys and plans",
    Permission.MANAGE_STAFF: "staff, tokens, webhooks, clinic settings",
    Permission.SEE_AUDIT: "the audit log",
    Permission.OPERATE: "the operations page: acknowledge alerts, retry or give up texts, resume senders",
}


def endpoints() -> Iterator[tuple[str, str, Permission]]:
    """Method, path and needed permission of everything under /api/v1/."""
    from followup.api.urls import router  # only once Django is set up

    registered: list[tuple[str, Any, str]] = list(router.registry)
    routes = ((prefix, view, route) for prefix, view, _ in registered for route in router.get_routes(view))
    for prefix, view, route in routes:
        path = "/api/v1/" + route.url.format(
            prefix=prefix.replace("<slug:key>", "{key}"), lookup="{id}", trailing_slash="/"
        )
        yield from (
            (method.upper(), path, view.permissions[action])
            for method, action in route.mapping.items()
            if hasattr(view, action)
        )


def roles() -> str:
    """The text of docs/ROLES.md."""
    meanings = [(f"`{permission}`", MEANINGS[permission], *_marks(permission)) for permission in Permission]
    lines = [
        (f"`{method} {path}`", f"`{needed}`", *_marks(needed))
        for method, path, needed in sorted(endpoints(), key=_order)
    ]
    return "\n".join(
        [
            HEADER,
            "## Permissions\n",
            _table(["permission", "covers", *Role], meanings),
            "\n## The API\n",
            _table(["endpoint", "needs", *Role], lines),
            "",
        ]
    )


def _order(endpoint: tuple[str, str, Permission]) -> tuple[str, int]:
    method, path, _ = endpoint
    return path, ["GET", "POST", "PATCH", "DELETE"].index(method)


def _marks(permission: Permission) -> list[str]:
    return ["yes" if allows(role, permission) else "" for role in Role]


def _table(head: list[Any], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
