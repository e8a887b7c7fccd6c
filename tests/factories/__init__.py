"""Clinics, staff, patients, sessions and plans for tests, made by the real operations."""

from tests.factories.clinics import NOW, make_clinic, make_staff, put_on_call
from tests.factories.patients import consented, end_session, make_patient, number
from tests.factories.plans import PLAN, make_plan

__all__ = [
    "NOW",
    "PLAN",
    "consented",
    "end_session",
    "make_clinic",
    "make_patient",
    "make_plan",
    "make_staff",
    "number",
    "put_on_call",
]
