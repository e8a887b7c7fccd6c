"""Start-up checks refuse what only the whole can know to be wrong."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics.models import Clinic
from config import checks


def test_a_listener_that_does_not_exist_is_refused(settings: Settings) -> None:
    settings.MESSAGING_LISTENER = "followup.inbox.on_nothing"
    (found,) = checks.listener_exists(None)
    assert found.id == "followup.E001"


def test_the_listener_and_every_task_of_the_timetable_exist(settings: Settings) -> None:
    assert checks.listener_exists(None) == []
    assert checks.timetable_names_tasks(None) == []


def test_a_line_of_the_timetable_without_a_task_is_refused(settings: Settings) -> None:
    settings.CELERY_BEAT_SCHEDULE = {"messaging.tasks.sleep": {"task": "messaging.tasks.sleep"}}
    (found,) = checks.timetable_names_tasks(None)
    assert "messaging.tasks.sleep" in found.msg


@pytest.mark.parametrize(("address", "warned"), [("http://followup.example.org", 1), ("http://127.0.0.1:8000", 0)])
def test_a_public_address_without_tls_is_warned_about(settings: Settings, address: str, warned: int) -> None:
    settings.PUBLIC_BASE_URL = address
    assert len(checks.public_pages_use_tls(None)) == warned


@pytest.mark.django_db
@pytest.mark.parametrize(("gateway", "refused"), [("simulated", 0), ("twilio", 1)])
def test_the_demo_clinic_is_refused_beside_a_live_gateway(settings: Settings, gateway: str, refused: int) -> None:
    Clinic.objects.create(key="demo", name="Demo", time_zone="UTC", is_demo=True, created_at=timezone.now())
    settings.GATEWAY = gateway
    assert len(checks.demo_is_not_beside_a_live_gateway(databases=["default"])) == refused


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({}, 1),
        ({"SENDER_RATE": 3.0}, 0),
        ({"GATEWAY": "simulated"}, 0),
        ({"TWILIO_API_BASE_URL": "http://127.0.0.1:8025"}, 0),
        ({"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32}, 0),
    ],
)
def test_a_number_without_a_pace_is_warned_about_beside_the_real_provider(
    settings: Settings, changes: dict[str, object], warned: int
) -> None:
    live = {"GATEWAY": "twilio", "TWILIO_API_BASE_URL": "https://api.twilio.com", "TWILIO_MESSAGING_SERVICE_SID": ""}
    for name, value in (live | changes).items():
        setattr(settings, name, value)
    assert len(checks.senders_have_a_pace(None)) == warned
