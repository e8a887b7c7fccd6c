"""Writes of the room, one file a subject."""

from clinics.operations.clinics import InvalidClinic, change_clinic, create_clinic, set_retention
from clinics.operations.idempotency import (
    KeptAnswer,
    KeyInFlight,
    KeyReused,
    claim_key,
    forget_answers,
    keep_answer,
)
from clinics.operations.roster import InvalidShift, add_shifts, remove_shift, restore_shift
from clinics.operations.sealing import seal_audit
from clinics.operations.staff import InvalidStaff, change_staff, create_staff, set_password
from clinics.operations.tokens import InvalidToken, create_token, revoke_token, touch_token

__all__ = [
    "InvalidClinic",
    "InvalidShift",
    "InvalidStaff",
    "InvalidToken",
    "KeptAnswer",
    "KeyInFlight",
    "KeyReused",
    "add_shifts",
    "change_clinic",
    "change_staff",
    "claim_key",
    "create_clinic",
    "create_staff",
    "create_token",
    "forget_answers",
    "keep_answer",
    "remove_shift",
    "restore_shift",
    "revoke_token",
    "seal_audit",
    "set_password",
    "set_retention",
    "touch_token",
]
