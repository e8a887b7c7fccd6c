"""Plans."""

from datetime import datetime
from typing import Any

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from followup.models import Plan
from followup.operations.plans import create_plan
from tests.factories.clinics import NOW

STEP: dict[str, Any] = {
    "key": "at-once",
    "survey": "pulse",
    "offset": "PT0S",
    "reminders": ["PT4H"],
    "closes_after": "PT20H",
}
PLAN: dict[str, Any] = {
    "key": "single",
    "name": "Single session",
    "session_kind": "ketamine-iv",
    "steps": [STEP],
    "publish": True,
}


def make_plan(clinic: Clinic, *steps: dict[str, Any], now: datetime = NOW, **fields: Any) -> Plan:
    """A live plan; without `steps` it asks the pulse survey as soon as a session ends."""
    document = PLAN | fields | ({"steps": [STEP | step for step in steps]} if steps else {})
    return create_plan(clinic=clinic, document=document, by=SYSTEM, now=now)
