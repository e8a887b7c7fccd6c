"""What every door of the API does alike."""

import base64
import json
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, User
from clinics.operations import create_staff, create_token, revoke_token
from followup.api.throttles import ClientThrottle
from tests.integration.api.conftest import PASSWORD

STAFF = "/api/v1/staff/"
BODY = {"email": "bo@north.example", "name": "Bo", "role": "clinician", "password": "nine quiet rivers turning"}


def problem(response, status):
    """The problem that the response must be."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-Id"]
    return body


def attrs(body):
    return {error["attr"] for error in body["errors"]}


def test_without_a_token_nothing_is_there(db):
    response = APIClient().get(STAFF)
    assert problem(response, 401)["type"] == "urn:followup:problem:not-authenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_expired_or_revoked_token_is_told_no_difference(north):
    now = timezone.now()
    ended, used_up = (create_token(user=north.staff["admin"], by=SYSTEM, now=now)[::-1] for _ in range(2))
    revoke_token(token=ended[1], by=SYSTEM, now=now)
    answers = []
    for plaintext, at in ((ended[0], now), (used_up[0], now + timedelta(days=91)), ("fup_unknown", now)):
        with time_machine.travel(at, tick=False):
            response = APIClient(headers={"Authorization": f"Bearer {plaintext}"}).get(STAFF)
        answers.append({key: value for key, value in problem(response, 401).items() if key != "request_id"})
    assert answers[0] == answers[1] == answers[2]


def test_a_session_works_and_needs_its_csrf_token_to_change_anything(north):
    client = APIClient(enforce_csrf_checks=True)
    assert client.login(username="auditor@north.example", password=PASSWORD)
    assert client.get("/api/v1/audit-events/").status_code == 200
    assert "CSRF" in problem(client.post("/api/v1/plans/", {}), 403)["detail"]


def test_a_session_without_a_second_factor_opens_nothing_about_patients(north):
    client = APIClient()
    assert client.login(username="admin@north.example", password=PASSWORD)
    problem(client.get(STAFF), 401)


def test_a_scoped_token_does_less_than_its_role(north):
    client = north.client("admin", scopes=("see_audit",))
    assert client.get("/api/v1/audit-events/").status_code == 200
    assert "manage_staff" in problem(client.get(STAFF), 403)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing/", 404),
        ("get", "/api/v1/staff", 404),
        ("get", "/api/", 404),
        ("get", f"/api/v1/staff/{UUID(int=0)}/", 404),
        ("get", "/api/v1/staff/not-an-id/", 404),
        ("get", "/api/v1/audit-events/99999999999999999999999/", 404),
        ("delete", STAFF, 405),
        ("put", STAFF, 405),
    ],
)
def test_every_error_is_a_problem(api, method, path, status):
    problem(getattr(api, method)(path), status)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400),
        (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"{}", "application/json; charset=nonsense", 400),
        (b"name=Bo", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(api, content, kind, status):
    problem(api.generic("POST", STAFF, content, content_type=kind), status)
    assert User.objects.count() == 4


def test_a_body_beyond_five_megabytes_is_refused_unread(api):
    content = b'{"name": "' + b"x" * 5_000_001 + b'"}'
    for headers in ({}, {"HTTP_IDEMPOTENCY_KEY": "k-1"}):
        problem(api.generic("POST", STAFF, content, content_type="application/json", **headers), 413)


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_text_that_nothing_can_store_is_refused_by_field(api, text):
    content = json.dumps(BODY).replace("Bo", text).encode()
    assert attrs(problem(api.generic("POST", STAFF, content, content_type="application/json"), 400)) == {"name"}


def test_everything_wrong_is_named_at_once(api):
    body = {"email": "bo", "role": "owner", "password": "short", "shoe_size": 44, "name": "x" * 121}
    problem_body = problem(api.post(STAFF, body), 400)
    assert attrs(problem_body) == {"email", "role", "shoe_size", "name"}
    assert problem_body["type"] == "urn:followup:problem:invalid"
    assert {error["code"] for error in problem_body["errors"]} >= {"unknown", "invalid_choice", "max_length"}


def test_what_only_the_operation_knows_is_named_by_field_too(api):
    assert attrs(problem(api.post(STAFF, BODY | {"email": "ADMIN@north.example", "password": "1"}), 400)) == {
        "email",
        "password",
    }


def test_an_unknown_parameter_is_refused_by_name(api):
    assert attrs(problem(api.get(STAFF, {"rolle": "admin"}), 400)) == {"rolle"}
    assert attrs(problem(api.get(f"{STAFF}{UUID(int=0)}/", {"page_size": 5}), 400)) == {"page_size"}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("role", "owner"),
        ("page_size", "0"),
        ("page_size", "201"),
        ("page_size", "²"),
        ("cursor", "x"),
        ("cursor", ""),
        ("cursor", base64.urlsafe_b64encode(b'["2026-11-24T00:00:00", "x", false]').decode()),
        ("cursor", base64.urlsafe_b64encode(b'["2026-11-24T00:00:00+00:00", "x", false]').decode()),
        ("cursor", base64.urlsafe_b64encode(b"[" * 20_000).decode()),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(api, parameter, value):
    assert attrs(problem(api.get(STAFF, {parameter: value}), 400)) == {parameter}


def add_staff(north, count):
    for number in range(count):
        create_staff(
            clinic=north.clinic,
            email=f"s{number}@north.example",
            name=f"S{number}",
            role="clinician",
            password=PASSWORD,
            by=SYSTEM,
            now=north.clinic.created_at + timedelta(seconds=number // 3),
        )


def walk(api, url, step):
    """Every page from `url` on by following the link `step`."""
    while url:
        page = api.get(url).json()
        yield page["results"]
        url = page[step]


def test_pages_give_every_row_once_in_both_directions(north, api):
    add_staff(north, 7)  # eleven with the four there are, several of them at the same moment
    forward = list(walk(api, f"{STAFF}?page_size=4&role=clinician", "next"))
    assert [len(page) for page in forward] == [4, 4]
    flat = [row["id"] for page in forward for row in page]
    assert len(set(flat)) == 8
    last = api.get(api.get(f"{STAFF}?page_size=4&role=clinician").json()["next"]).json()
    assert last["next"] is None
    back = api.get(last["previous"]).json()
    assert [row["id"] for row in back["results"]] == flat[:4]
    assert back["previous"] is None


def test_rows_added_meanwhile_neither_repeat_nor_hide_others(north, api):
    add_staff(north, 4)
    first = api.get(f"{STAFF}?page_size=5").json()
    api.post(STAFF, BODY)
    second = api.get(first["next"]).json()
    seen = [row["name"] for row in first["results"] + second["results"]]
    assert len(seen) == len(set(seen)) == 8


def test_a_key_repeats_the_answer_and_does_nothing_again(api):
    first = api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    again = api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(again.content) == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert User.objects.filter(email=BODY["email"]).count() == 1


def test_a_key_repeats_a_refusal_as_well(api):
    first = api.post(STAFF, {}, headers={"Idempotency-Key": "k-1"})
    again = api.post(STAFF, {}, headers={"Idempotency-Key": "k-1"})
    assert problem(first, 400)["errors"] == json.loads(again.content)["errors"]
    assert again["Content-Type"] == "application/problem+json"


def test_a_key_belongs_to_one_request(api):
    api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    other = api.post(STAFF, BODY | {"name": "Mo"}, headers={"Idempotency-Key": "k-1"})
    assert problem(other, 422)["type"] == "urn:followup:problem:key-reused"


def test_a_key_is_the_callers_own_and_lasts_a_day(north, api):
    api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    second = create_staff(
        clinic=north.clinic,
        email="second@north.example",
        name="Second",
        role="admin",
        password=PASSWORD,
        by=SYSTEM,
        now=timezone.now(),
    )
    north.staff["second"] = second
    problem(north.client("second").post(STAFF, BODY, headers={"Idempotency-Key": "k-1"}), 400)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        problem(api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"}), 400)


def test_a_key_whose_first_request_is_still_at_work_is_told_to_wait(north, api):
    holder = f"idempotency:{north.staff['admin'].pk}:k-1"
    with closing(connection.copy()) as other, other.cursor() as cursor:  # as the first request's session holds it
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [holder])
        waiting = api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
        cursor.execute("ROLLBACK")
    assert problem(waiting, 409)["type"] == "urn:followup:problem:key-in-flight"
    assert api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"}).status_code == 201


def test_a_request_that_dies_before_its_answer_is_kept_has_done_nothing(api, settings):
    keys, settings.FIELD_KEYS = settings.FIELD_KEYS, {}
    with pytest.raises(IndexError):  # no key to seal the answer with
        api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    assert not User.objects.filter(email=BODY["email"]).exists()
    settings.FIELD_KEYS = keys
    assert api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"}).status_code == 201


def test_a_kept_answer_is_sealed(api):
    api.post(STAFF, BODY, headers={"Idempotency-Key": "k-1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM clinics_idempotentrequest")
        assert b"bo@north" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ"])
def test_a_key_that_cannot_be_kept_is_refused(api, key):
    response = api.generic("POST", STAFF, b"{}", content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert attrs(problem(response, 400)) == {"Idempotency-Key"}


def test_a_kept_answer_shows_no_token_twice(north, api):
    body = {"staff": str(north.staff["clinician"].pk), "scopes": ["see_patients"]}
    first = api.post("/api/v1/tokens/", body, headers={"Idempotency-Key": "k-1"}).json()
    again = json.loads(api.post("/api/v1/tokens/", body, headers={"Idempotency-Key": "k-1"}).content)
    assert APIClient(headers={"Authorization": f"Bearer {first['token']}"}).get(STAFF).status_code == 403
    assert again == first | {"token": None}


def test_a_revoked_token_ends_at_once_and_twice_is_as_once(north, api):
    made = api.post("/api/v1/tokens/", {"staff": str(north.staff["admin"].pk)}).json()
    other = APIClient(headers={"Authorization": f"Bearer {made['token']}"})
    assert other.get(STAFF).status_code == 200
    assert [api.delete(f"/api/v1/tokens/{made['id']}/").status_code for _ in range(2)] == [204, 204]
    problem(other.get(STAFF), 401)


def new_events(before):
    return list(AuditEvent.objects.filter(pk__gt=before).order_by("pk").values_list("action", flat=True))


def test_each_read_list_change_and_refusal_leaves_exactly_one_row(north, api):
    clinician = north.client("clinician")
    one = f"{STAFF}{north.staff['auditor'].pk}/"
    expected = [
        (api.get, STAFF, None, "staff.list"),
        (api.get, one, None, "staff.read"),
        (api.head, one, None, "staff.read"),
        (api.patch, one, {"name": "Ora"}, "staff.update"),
        (api.post, STAFF, BODY, "staff.create"),
        (clinician.get, one, None, "staff.refuse"),
        (clinician.post, STAFF, BODY, "staff.refuse"),
        (api.get, f"{STAFF}{UUID(int=0)}/", None, "staff.refuse"),
        (api.get, "/api/v1/audit-events/", None, "audit_event.list"),
    ]
    for call, url, body, action in expected:
        before = AuditEvent.objects.latest("pk").pk
        call(url, body) if body is not None else call(url)
        assert new_events(before) == [action], url
    before = AuditEvent.objects.latest("pk").pk
    api.post(STAFF, {})
    api.patch(one, {"name": "Ora"})
    assert new_events(before) == []


def test_an_audit_row_says_who_from_where_and_nothing_personal(north):
    client = north.client("admin")
    response = client.get(STAFF, {"role": "auditor"}, headers={"X-Request-Id": "from-the-caller"})
    event = AuditEvent.objects.latest("pk")
    assert event.actor_kind == "token"
    assert event.ip == "127.0.0.1"
    assert event.request_id == response["X-Request-Id"] == "from-the-caller"
    assert event.detail == {"rows": 1, "filters": ["role"]}


def test_answers_are_not_to_be_cached(api):
    assert api.get(STAFF)["Cache-Control"] == "no-store"


def test_a_client_that_runs_wild_is_told_when_to_come_back(api, monkeypatch):
    monkeypatch.setattr(ClientThrottle, "rate", "2/min")
    answers = [api.get(STAFF) for _ in range(3)]
    assert [response.status_code for response in answers[:2]] == [200, 200]
    problem(answers[2], 429)
    assert 0 < int(answers[2]["Retry-After"]) <= 60


def test_while_redis_is_away_nobody_is_held_back(api, monkeypatch):
    monkeypatch.setattr(ClientThrottle, "cache", RedisCache("redis://127.0.0.1:1/0", {}))
    assert api.get(STAFF).status_code == 200


def test_limits_are_kept_apart_from_what_must_survive():
    assert caches["limits"] is not caches["default"]
