"""Every endpoint with every role: the owner's clinic allows it or not, a stranger gets nothing."""

import re
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from tools.roles import endpoints

EVERYBODY = {"admin", "clinician", "coordinator", "auditor"}
DESK = {"admin", "clinician", "coordinator"}
CLINICIANS = {"admin", "clinician"}
ADMINS = {"admin"}
OPERATORS = {"admin", "coordinator"}
AUDITORS = {"admin", "auditor"}

# Written by hand from what the clinic asked for, so that a slip in the views does not rewrite it.
ALLOWED = {
    ("GET", "/api/v1/patients/"): DESK,
    ("POST", "/api/v1/patients/"): DESK,
    ("GET", "/api/v1/patients/{id}/"): DESK,
    ("PATCH", "/api/v1/patients/{id}/"): DESK,
    ("POST", "/api/v1/patients/{id}/consent/"): DESK,
    ("POST", "/api/v1/patients/{id}/withdraw/"): DESK,
    ("POST", "/api/v1/patients/{id}/pause/"): DESK,
    ("POST", "/api/v1/patients/{id}/resume/"): DESK,
    ("GET", "/api/v1/care-sessions/"): DESK,
    ("POST", "/api/v1/care-sessions/"): DESK,
    ("GET", "/api/v1/care-sessions/{id}/"): DESK,
    ("PATCH", "/api/v1/care-sessions/{id}/"): DESK,
    ("GET", "/api/v1/surveys/"): EVERYBODY,
    ("POST", "/api/v1/surveys/"): ADMINS,
    ("GET", "/api/v1/surveys/{id}/"): EVERYBODY,
    ("GET", "/api/v1/surveys/{key}/versions/"): EVERYBODY,
    ("POST", "/api/v1/surveys/{key}/versions/"): ADMINS,
    ("GET", "/api/v1/surveys/{key}/versions/{id}/"): EVERYBODY,
    ("PATCH", "/api/v1/surveys/{key}/versions/{id}/"): ADMINS,
    ("POST", "/api/v1/surveys/{key}/versions/{id}/publish/"): ADMINS,
    ("POST", "/api/v1/surveys/{key}/versions/{id}/retire/"): ADMINS,
    ("GET", "/api/v1/plans/"): EVERYBODY,
    ("POST", "/api/v1/plans/"): ADMINS,
    ("GET", "/api/v1/plans/{id}/"): EVERYBODY,
    ("PATCH", "/api/v1/plans/{id}/"): ADMINS,
    ("POST", "/api/v1/plans/{id}/publish/"): ADMINS,
    ("POST", "/api/v1/plans/{id}/retire/"): ADMINS,
    ("GET", "/api/v1/follow-ups/"): DESK,
    ("GET", "/api/v1/follow-ups/{id}/"): DESK,
    ("POST", "/api/v1/follow-ups/{id}/send-now/"): DESK,
    ("POST", "/api/v1/follow-ups/{id}/link/"): DESK,
    ("GET", "/api/v1/responses/"): CLINICIANS,
    ("GET", "/api/v1/responses/{id}/"): CLINICIANS,
    ("GET", "/api/v1/messages/"): DESK,
    ("GET", "/api/v1/messages/{id}/"): DESK,
    ("POST", "/api/v1/messages/{id}/resolve/"): OPERATORS,
    ("POST", "/api/v1/messages/{id}/retry/"): OPERATORS,
    ("POST", "/api/v1/messages/{id}/give-up/"): OPERATORS,
    ("GET", "/api/v1/signals/"): CLINICIANS,
    ("GET", "/api/v1/signals/{id}/"): CLINICIANS,
    ("GET", "/api/v1/reviews/"): CLINICIANS,
    ("GET", "/api/v1/reviews/{id}/"): CLINICIANS,
    ("POST", "/api/v1/reviews/{id}/claim/"): CLINICIANS,
    ("POST", "/api/v1/reviews/{id}/release/"): CLINICIANS,
    ("POST", "/api/v1/reviews/{id}/close/"): CLINICIANS,
    ("POST", "/api/v1/reviews/{id}/escalate/"): CLINICIANS,
    ("POST", "/api/v1/reviews/{id}/reopen/"): CLINICIANS,
    ("GET", "/api/v1/opt-outs/"): DESK,
    ("POST", "/api/v1/opt-outs/"): DESK,
    ("GET", "/api/v1/opt-outs/{id}/"): DESK,
    ("POST", "/api/v1/opt-outs/{id}/end/"): DESK,
    ("GET", "/api/v1/staff/"): ADMINS,
    ("POST", "/api/v1/staff/"): ADMINS,
    ("GET", "/api/v1/staff/{id}/"): ADMINS,
    ("PATCH", "/api/v1/staff/{id}/"): ADMINS,
    ("GET", "/api/v1/staff/shifts/"): ADMINS,
    ("POST", "/api/v1/staff/shifts/"): ADMINS,
    ("GET", "/api/v1/staff/shifts/{id}/"): ADMINS,
    ("DELETE", "/api/v1/staff/shifts/{id}/"): ADMINS,
    ("GET", "/api/v1/tokens/"): ADMINS,
    ("POST", "/api/v1/tokens/"): ADMINS,
    ("GET", "/api/v1/tokens/{id}/"): ADMINS,
    ("DELETE", "/api/v1/tokens/{id}/"): ADMINS,
    ("GET", "/api/v1/webhooks/"): ADMINS,
    ("POST", "/api/v1/webhooks/"): ADMINS,
    ("GET", "/api/v1/webhooks/{id}/"): ADMINS,
    ("PATCH", "/api/v1/webhooks/{id}/"): ADMINS,
    ("DELETE", "/api/v1/webhooks/{id}/"): ADMINS,
    ("POST", "/api/v1/webhooks/{id}/test/"): ADMINS,
    ("GET", "/api/v1/webhook-deliveries/"): ADMINS,
    ("GET", "/api/v1/webhook-deliveries/{id}/"): ADMINS,
    ("POST", "/api/v1/webhook-deliveries/{id}/replay/"): ADMINS,
    ("GET", "/api/v1/exports/responses/"): CLINICIANS,
    ("GET", "/api/v1/audit-events/"): AUDITORS,
    ("GET", "/api/v1/audit-events/{id}/"): AUDITORS,
}

NOBODYS = {
    "audit-events": "999999999",
    "surveys": "nothing",
}


def address(path):
    """`path` with ids that nothing has."""
    path = path.replace("{key}", "nothing")
    if "versions/{id}" in path:
        return path.replace("{id}", "7")
    kind = path.split("/")[3]
    return path.replace("{id}", NOBODYS.get(kind, str(UUID(int=7))))


def test_every_endpoint_is_in_the_table():
    assert {(method, path) for method, path, _ in endpoints()} == set(ALLOWED)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_may_do_what_the_table_says_and_nothing_else(north, role):
    client = north.client(role)
    got = {}
    for method, path in ALLOWED:
        response = client.generic(method, address(path), b"{}", content_type="application/json")
        got[method, path] = response.status_code
    refused = {endpoint for endpoint, status in got.items() if status == 403}
    assert refused == {endpoint for endpoint, roles in ALLOWED.items() if role not in roles}
    assert set(got.values()) <= {200, 400, 403, 404}


def test_nobody_gets_in_without_a_token(db):
    for method, path in ALLOWED:
        response = APIClient().generic(method, address(path), b"{}", content_type="application/json")
        assert response.status_code == 401, (method, path)


def test_the_documented_operations_are_those_of_the_table(client, db):
    paths = client.get("/api/schema/", {"format": "json"}).json()["paths"]
    documented = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    # The document names ids after their fields; a survey's own address has its key where the table says id.
    named = {(method, re.sub(r"\{(id|number)\}", "{id}", path)) for method, path in documented}
    assert {(method, re.sub(r"surveys/\{key\}/$", "surveys/{id}/", path)) for method, path in named} == set(ALLOWED)
