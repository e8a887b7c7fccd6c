"""Whether anything lies unexplained for a quarter of an hour without an alert, while time passes at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from clinics import heartbeat
from messaging.core.lifecycle import Outbound
from messaging.models import InboundMessage, OutboundMessage
from tests.chaos.audit import Check
from watch.core.silence import Answers
from watch.models import Alert
from watch.operations import look

UNEXPLAINED_FOR = timedelta(minutes=15)


class Watching:
    """Looks as the watchdog does, and keeps what it should have told of and did not."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.problems: list[str] = []

    def look(self, now: datetime) -> None:
        """Let the watchdog look at `now`, when every sweep has just been done, and see what it says."""
        for sweep in settings.CELERY_BEAT_SCHEDULE:
            heartbeat.beat(sweep, now)
        look(ask=lambda: Answers(broker=True, workers=True), now=now)
        self._compare(now)

    def _compare(self, now: datetime) -> None:
        texts, replies = unexplained(now)
        self.looked_at += len(texts) + len(replies)
        told = Alert.objects.filter(ended_at=None)
        if texts and not told.filter(
            condition__in=["queue-late", "texts-held-up", "texts-uncertain", "sender-stopped"]
        ):
            self.problems.append(f"{now:%H:%M:%S}: {texts} and no alert")
        if replies and not told.filter(condition__in=["queue-late", "texts-set-aside"]):
            self.problems.append(f"{now:%H:%M:%S}: {len(replies)} replies not handled and no alert")

    def check(self) -> Check:
        """The promise that a person is told in time (G16)."""
        return Check("what lay unexplained for 15 minutes had an open alert", self.looked_at, self.problems)


def unexplained(now: datetime) -> tuple[list[str], list[str]]:
    """Texts and replies that are past due for a quarter of an hour, or of which nobody knows for so long."""
    then = now - UNEXPLAINED_FOR
    unknown = Q(status__in=[Outbound.SENDING, Outbound.UNCERTAIN], claimed_at__lte=then)
    pending = Q(status=Outbound.QUEUED) & (Q(next_attempt_at__lte=then) | Q(attempts__gt=0, claimed_at__lte=then))
    texts = OutboundMessage.objects.filter(unknown | pending).order_by("id").values_list("status", "reason")
    replies = InboundMessage.objects.filter(pending_since__lte=then).values_list("provider_id", flat=True)
    return [f"{status} {reason}" for status, reason in texts], list(replies)
