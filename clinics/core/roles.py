"""What each role may do. The table in docs/ROLES.md is generated from this one."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The four kinds of staff."""

    ADMIN = "admin"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that somebody may be allowed to do within the own clinic."""

    SEE_PATIENTS = "see_patients"  # patients, care sessions, follow-ups, messages
    EDIT_PATIENTS = "edit_patients"  # create, change, import, consent, opt-outs, care sessions
    SEE_ANSWERS = "see_answers"  # responses, signals, reviews, free text
    REVIEW = "review"  # claim, sign off, escalate
    SEE_CONTENT = "see_content"  # surveys and plans
    EDIT_CONTENT = "edit_content"  # create, publish, retire surveys and plans
    MANAGE_STAFF = "manage_staff"  # staff, tokens, webhooks, clinic settings
    SEE_AUDIT = "see_audit"
    OPERATE = "operate"  # alerts, stuck texts, stopped senders


_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.CLINICIAN: frozenset(
        {
            Permission.SEE_PATIENTS,
            Permission.EDIT_PATIENTS,
            Permission.SEE_ANSWERS,
            Permission.REVIEW,
            Permission.SEE_CONTENT,
        }
    ),
    Role.COORDINATOR: frozenset(
        {Permission.SEE_PATIENTS, Permission.EDIT_PATIENTS, Permission.SEE_CONTENT, Permission.OPERATE}
    ),
    Role.AUDITOR: frozenset({Permission.SEE_CONTENT, Permission.SEE_AUDIT}),
}


def allows(role: str, permission: Permission) -> bool:
    """Whether `role` may do `permission`; an unknown role may do nothing."""
    try:
        return permission in _PERMISSIONS[Role(role)]
    except ValueError:
        return False
