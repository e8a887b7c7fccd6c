"""Webhooks through the API: the secret once, wrong input named, repeats harmless, nothing for strangers."""

import pytest
from django.utils import timezone

from clinics.models import AuditEvent
from followup.core.webhooks import Event
from followup.models import Webhook, WebhookDelivery
from followup.operations.announce import announce
from tests.integration.api.test_doors import attrs, problem

URL = "https://practice.example.org/followup?key=k"
BODY = {"url": URL, "events": ["signal.raised", "follow_up.completed"]}


@pytest.fixture
def webhook(api) -> Webhook:
    return Webhook.objects.get(pk=api.post("/api/v1/webhooks/", BODY).json()["id"])


@pytest.fixture
def delivery(north, webhook) -> WebhookDelivery:
    announce(Event.SIGNAL_RAISED, [webhook.pk], clinic_id=north.clinic.pk, now=timezone.now())
    return WebhookDelivery.objects.get()


def test_the_secret_is_shown_once(api):
    key = {"Idempotency-Key": "once"}
    made = api.post("/api/v1/webhooks/", BODY, headers=key)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    again = api.post("/api/v1/webhooks/", BODY, headers=key)
    assert (again.json()["id"], again.json()["secret"]) == (made.json()["id"], None)
    shown = api.get(f"/api/v1/webhooks/{made.json()['id']}/").json()
    assert "secret" not in shown
    assert (shown["url"], shown["events"], shown["is_active"]) == (URL, sorted(BODY["events"]), True)
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"url": "http://practice.example.org/"}, {"url"}),
        ({"url": "https://10.0.0.1/"}, {"url"}),
        ({"url": "https://localhost/"}, {"url"}),
        ({"url": "https://user:pw@practice.example.org/"}, {"url"}),
        ({"url": "https://practice.example.org/" + "x" * 1000}, {"url"}),
        ({"events": []}, {"events"}),
        ({"events": ["signal.raised", "signal.raised"]}, {"events"}),
        ({"events": ["webhook.test"]}, {"events.0"}),
        ({"secret": "mine"}, {"secret"}),
    ],
)
def test_what_is_wrong_is_named(api, webhook, change, wrong):
    assert attrs(problem(api.post("/api/v1/webhooks/", BODY | change), 400)) == wrong
    assert attrs(problem(api.patch(f"/api/v1/webhooks/{webhook.pk}/", change), 400)) == wrong


def test_a_clinic_has_twenty_at_most(api):
    for _ in range(20):
        assert api.post("/api/v1/webhooks/", BODY).status_code == 201
    assert attrs(problem(api.post("/api/v1/webhooks/", BODY), 409)) == {"url"}


def test_a_webhook_is_changed_switched_off_and_removed(api, webhook):
    path = f"/api/v1/webhooks/{webhook.pk}/"
    changed = api.patch(path, {"events": ["review.closed"], "is_active": False}).json()
    assert (changed["events"], changed["is_active"]) == (["review.closed"], False)
    assert attrs(problem(api.post(f"{path}test/"), 409)) == {"is_active"}
    assert api.patch(path, {"is_active": True}).json()["is_active"]
    assert api.post(f"{path}test/").status_code == 202
    assert api.delete(path).status_code == 204
    problem(api.get(path), 404)
    actions = AuditEvent.objects.filter(action__startswith="webhook.").exclude(action="webhook.refuse")
    assert list(actions.order_by("id").values_list("action", flat=True)) == [
        *("webhook.create", "webhook.update", "webhook.update", "webhook.test", "webhook.delete"),
    ]
    assert "practice" not in str(list(actions.values_list("detail", flat=True)))


def test_deliveries_are_listed_narrowed_and_replayed(api, webhook, delivery):
    (listed,) = api.get("/api/v1/webhook-deliveries/", {"webhook": str(webhook.pk), "status": "pending"}).json()[
        "results"
    ]
    assert (listed["id"], listed["event"], listed["status"]) == (str(delivery.pk), "signal.raised", "pending")
    assert api.get("/api/v1/webhook-deliveries/", {"status": "delivered"}).json()["results"] == []
    assert api.get("/api/v1/webhook-deliveries/", {"event": "review.closed"}).json()["results"] == []
    replay = f"/api/v1/webhook-deliveries/{delivery.pk}/replay/"
    assert attrs(problem(api.post(replay), 409)) == {"status"}
    WebhookDelivery.objects.update(next_try_at=None, given_up_at=timezone.now())
    assert api.post(replay).json()["status"] == "pending"


def test_an_outsider_finds_nothing(south, webhook, delivery):
    stranger = south.client()
    assert stranger.get("/api/v1/webhooks/").json()["results"] == []
    assert stranger.get("/api/v1/webhook-deliveries/").json()["results"] == []
    for method, path in [
        ("get", f"webhooks/{webhook.pk}/"),
        ("patch", f"webhooks/{webhook.pk}/"),
        ("delete", f"webhooks/{webhook.pk}/"),
        ("post", f"webhooks/{webhook.pk}/test/"),
        ("get", f"webhook-deliveries/{delivery.pk}/"),
        ("post", f"webhook-deliveries/{delivery.pk}/replay/"),
    ]:
        problem(getattr(stranger, method)(f"/api/v1/{path}"), 404)
    assert Webhook.objects.filter(pk=webhook.pk).exists()


def test_a_colleague_who_is_no_admin_is_refused(north, webhook):
    problem(north.client("coordinator").get(f"/api/v1/webhooks/{webhook.pk}/"), 403)
