"""What is deleted when its time is over, and what never is: a legal hold beats every rule (H-10)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic
from clinics.operations import set_retention
from messaging import queries
from messaging.models import DeliveryReceipt, OptOut, OutboundHistory, OutboundMessage
from messaging.operations import delete_expired, enqueue, move_to_history, opt_out
from messaging.operations.partitions import Month, existing
from privacy.sensitive import Sensitive
from tests.integration.messaging.conftest import make_clinic
from tests.integration.messaging.texts import ADA, NOW, draft, queue

pytestmark = pytest.mark.django_db
OLD = datetime(2026, 3, 15, 16, 0, tzinfo=UTC)
MARCH = Month(date(2026, 3, 1))
OUT = "messaging_outboundhistory"


def keep(clinic: Clinic, months: int | None, *, hold: bool = False) -> None:
    set_retention(clinic=clinic, texts_kept_months=months, legal_hold=hold, by=SYSTEM, now=NOW)


def shelved(*clinics: Clinic, at: datetime = OLD, key: str = "") -> None:
    """A finished text of each clinic in the history, from `at`."""
    for clinic in clinics:
        fields = {"dedupe_key": key} if key else {}
        row = queue(clinic, now=at, expires_at=at + timedelta(days=1), **fields)
        OutboundMessage.objects.filter(pk=row.pk).update(status="cancelled", next_attempt_at=None, finished_at=at)
    move_to_history(now=NOW - timedelta(hours=1))
    assert move_to_history(now=NOW) == len(clinics)


def test_a_month_goes_as_a_whole_when_nobody_keeps_anything_of_it(clinic: Clinic) -> None:
    keep(clinic, 8)
    shelved(clinic)
    assert delete_expired(now=NOW) == 0  # March is eight months ago in November: it is kept until December
    assert delete_expired(now=datetime(2026, 12, 1, 0, 30, tzinfo=UTC)) == 1
    assert MARCH not in existing(OUT)
    assert AuditEvent.objects.get(clinic_id=clinic.pk, action="text.retire").detail == {"count": 1}


def test_texts_are_kept_for_ever_unless_the_clinic_says_otherwise(clinic: Clinic) -> None:
    shelved(clinic)
    assert delete_expired(now=NOW + timedelta(days=3650)) == 0
    assert queries.outbound(clinic).count() == 1


def test_of_a_month_that_two_clinics_share_only_the_texts_of_one_go(clinic: Clinic) -> None:
    south = make_clinic("south")
    keep(clinic, 6)
    shelved(clinic, south)
    assert delete_expired(now=NOW) == 1
    assert delete_expired(now=NOW) == 0
    assert (queries.outbound(clinic).count(), queries.outbound(south).count()) == (0, 1)
    assert list(AuditEvent.objects.filter(action="text.retire").values_list("clinic_id", flat=True)) == [clinic.pk]


def test_a_legal_hold_beats_deletion_until_it_is_lifted(clinic: Clinic) -> None:
    keep(clinic, 6, hold=True)
    shelved(clinic)
    DeliveryReceipt.objects.create(provider_id="SM1", status="sent", received_at=OLD)
    assert delete_expired(now=NOW) == 0
    assert OutboundHistory.objects.count() == DeliveryReceipt.objects.count() == 1
    keep(clinic, 6)
    assert delete_expired(now=NOW) == 1
    assert not DeliveryReceipt.objects.exists()


def test_receipts_are_deleted_after_90_days_and_not_a_day_sooner(clinic: Clinic) -> None:
    for days in (91, 89):
        received_at = datetime.now(UTC) - timedelta(days=days)
        DeliveryReceipt.objects.create(provider_id=f"SM{days}", status="sent", received_at=received_at)
    delete_expired(now=datetime.now(UTC))
    assert [row.provider_id for row in DeliveryReceipt.objects.all()] == ["SM89"]


def test_opt_outs_and_known_keys_outlive_the_texts(clinic: Clinic) -> None:
    keep(clinic, 6)
    opt_out(clinic_id=clinic.pk, number=Sensitive(ADA), source="staff", by=SYSTEM, now=OLD, confirm=False)
    OptOut.objects.update(ended_at=NOW, ended_by="staff")
    shelved(clinic, key="the-question")
    assert delete_expired(now=NOW) == 1
    assert OptOut.objects.count() == 1
    assert enqueue([draft(clinic, dedupe_key="the-question")], now=NOW) == []
