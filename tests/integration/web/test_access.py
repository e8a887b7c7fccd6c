"""Who may open which page, what is on record afterwards, and what an outsider sees: nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from clinics.models import AuditEvent
from followup.models import CareSession, FollowUp
from followup.web import urls
from surveys.models import SurveyVersion
from tests.factories import make_patient, make_plan
from tests.integration.web.conftest import House

ALL, CLINICAL, PATIENTS, ADMIN = (
    "admin clinician coordinator auditor",
    "admin clinician",
    "admin clinician coordinator",
    "admin",
)

PAGES = {
    "worklist-rows": (CLINICAL, "review.list"),
    "review": (CLINICAL, "review.read"),
    "patients": (PATIENTS, "patient.list"),
    "patient-new": (PATIENTS, ""),
    "patient-import": (PATIENTS, ""),
    "patient": (PATIENTS, "patient.read"),
    "patient-edit": (PATIENTS, "patient.read"),
    "patient-consent": (PATIENTS, ""),
    "patient-pause": (PATIENTS, ""),
    "care-session-new": (PATIENTS, ""),
    "care-session": (PATIENTS, "care_session.read"),
    "inbox": (CLINICAL, "message.list"),
    "plans": (ALL, "plan.list"),
    "plan-new": (ADMIN, ""),
    "plan": (ALL, "plan.read"),
    "surveys": (ALL, "survey.list"),
    "survey": (ALL, "survey.read"),
    "survey-version": (ALL, "survey.read"),
    "survey-upload": (ADMIN, ""),
    "staff": (ADMIN, "staff.list"),
    "staff-new": (ADMIN, ""),
    "staff-member": (ADMIN, "staff.read"),
    "staff-roster": (CLINICAL, "shift.list"),
    "insights": (CLINICAL, "insight.read"),
    "rereading": (CLINICAL, "answer.reread"),
}
ACTIONS = {
    "review-claim": CLINICAL,
    "review-release": CLINICAL,
    "review-escalate": CLINICAL,
    "review-close": CLINICAL,
    "review-reopen": CLINICAL,
    "patient-withdraw": PATIENTS,
    "patient-resume": PATIENTS,
    "patient-opt-out": PATIENTS,
    "patient-opt-in": PATIENTS,
    "care-session-cancel": PATIENTS,
    "send-now": PATIENTS,
    "send-link": PATIENTS,
    "plan-publish": ADMIN,
    "plan-retire": ADMIN,
    "survey-publish": ADMIN,
    "survey-retire": ADMIN,
    "survey-try": ALL,
    "staff-password": ADMIN,
    "staff-second-factor": ADMIN,
    "staff-token": ADMIN,
}
ELSEWHERE = {
    "home",
    "stay",
    "form",
    "plan-edit",
    "staff-token-revoke",
    "staff-roster-add",
    "staff-roster-remove",
    "staff-roster-restore",
    "simulator",
    "phone",
}
"""Proved in files of their own."""


def address(name: str, house: House) -> str:
    """The address of a page about this house's own rows."""
    version = SurveyVersion.objects.filter(survey__clinic=house.clinic, survey__key="pulse").first()
    assert version is not None
    known = {
        "review_id": house.item.pk,
        "patient_id": house.patient.pk,
        "session_id": CareSession.objects.filter(patient=house.patient).values_list("pk", flat=True).first(),
        "follow_up_id": FollowUp.objects.filter(patient=house.patient).values_list("pk", flat=True).first(),
        "plan_id": house.plan.pk,
        "key": "pulse",
        "number": 1,
        "version_id": version.pk,
        "question": "pain_avg24",
        "staff_id": house.staff["auditor"].pk,
    }
    return reverse(name, kwargs={part: known[part] for part in parts_of(name)})


def parts_of(name: str) -> list[str]:
    return [converter for pattern in _patterns(urls.urlpatterns) if pattern[0] == name for converter in pattern[1]]


def _patterns(
    entries: list[URLPattern | URLResolver], above: tuple[str, ...] = ()
) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for entry in entries:
        here = (*above, *entry.pattern.converters)
        found += _patterns(entry.url_patterns, here) if isinstance(entry, URLResolver) else [(str(entry.name), here)]
    return found


def test_every_address_of_the_desk_stands_in_one_of_these_tables() -> None:
    names = {name for name, _ in _patterns(urls.urlpatterns) if not name.startswith(("account_", "mfa_", "phone-"))}
    assert names == set(PAGES) | set(ACTIONS) | ELSEWHERE


@pytest.mark.parametrize("role", ALL.split())
def test_a_page_opens_for_the_roles_that_may_see_it_and_leaves_one_row(north: House, role: str) -> None:
    client = north.client(role)
    seen = {}
    for name, (roles, reads) in PAGES.items():
        before = AuditEvent.objects.count()
        status = client.get(address(name, north)).status_code
        rows = [event.action for event in AuditEvent.objects.order_by("id")[before:]]
        allowed = role in roles.split()
        wanted = ([reads] if reads else []) if allowed else [f"{reads.partition('.')[0] or 'page'}.refuse"]
        seen[name] = (status == (200 if allowed else 403), rows == wanted, rows)
    assert {name: result for name, result in seen.items() if not all(result[:2])} == {}


@pytest.mark.parametrize("role", ALL.split())
def test_an_action_is_refused_to_the_roles_that_may_not_do_it(north: House, role: str) -> None:
    client = north.client(role)
    forbidden = [name for name, roles in ACTIONS.items() if role not in roles.split()]
    assert {name: client.post(address(name, north)).status_code for name in forbidden} == dict.fromkeys(forbidden, 403)


def test_another_clinics_rows_are_as_unknown_as_rows_that_never_were(north: House, south: House) -> None:
    south.plan = make_plan(south.clinic, key="other", session_kind="other-kind")
    client = north.client()
    own = {
        "patients",
        "patient-new",
        "patient-import",
        "inbox",
        "plans",
        "plan-new",
        "surveys",
        "survey-upload",
        "staff",
    }
    own |= {"staff-new", "staff-roster", "insights", "rereading", "worklist-rows", "survey", "survey-version"}
    pages = {name: client.get(address(name, south)).status_code for name in PAGES if name not in own}
    actions = {name: client.post(address(name, south), {"revision": 0}).status_code for name in ACTIONS}
    assert set(pages.values()) == {404}, pages
    assert set(actions.values()) == {404}, actions


def test_lists_and_searches_show_the_own_clinic_only(north: House, south: House) -> None:
    stranger = make_patient(south.clinic, name="Only Ofthesouth")
    client = north.client()
    shown = "".join(
        client.get(path).content.decode()
        for path in ["/", "/inbox/", "/patients/", f"/patients/?q={stranger.reference}", "/staff/"]
    )
    assert "Ofthesouth" not in shown
    assert "south.example" not in shown


@pytest.mark.parametrize("name", [*PAGES, *ACTIONS])
def test_a_stranger_is_sent_to_the_sign_in(north: House, name: str) -> None:
    path = address(name, north)
    response = Client().post(path) if name in ACTIONS else Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/?next=")


def test_a_coordinator_sees_that_there_are_answers_but_not_what_they_say(north: House) -> None:
    page = north.client("coordinator").get(f"/patients/{north.patient.pk}/").content.decode()
    assert "2 answers; your role does not see them" in page
    assert "Your role does not see what patients write" in page
    assert "Pain and mood" not in page
    assert "review" not in page.lower()


def test_what_others_may_open_is_no_link_for_those_who_may_not(north: House) -> None:
    page = north.client("auditor").get("/plans/").content.decode()
    assert 'href="/surveys/"' in page
    assert 'href="/patients/"' not in page
    assert 'href="/staff/"' not in page
