"""Figures for Prometheus: the process, every queue of rows, and the sweeps."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from clinics.core.figures import Figure, by_name
from config.health import sweep_ages
from config.middleware import is_direct_from_us
from followup.models import FollowUp, ReviewItem
from messaging.models import InboundMessage, OutboundMessage
from watch.models import Notice
from watch.queries import figures, open_alerts


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that wait: `due` names the timestamp that is set exactly while a row waits, with a partial index on it."""

    name: str
    model: Any
    due: str


QUEUES = (
    Queue("outbox", OutboundMessage, "next_attempt_at"),
    Queue("unresolved_sends", OutboundMessage, "check_at"),
    Queue("inbound", InboundMessage, "next_try_at"),
    Queue("openings", FollowUp, "opens_at"),
    Queue("timers", FollowUp, "timer_at"),
    Queue("reviews", ReviewItem, "open_due_by"),
    Queue("notices", Notice, "next_try_at"),
)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus' text format to this machine, to trusted proxies' own requests, or to METRICS_TOKEN."""
    if not (_has_token(request) or is_direct_from_us(request)):
        return HttpResponseForbidden(
            "Metrics need the token of METRICS_TOKEN as a bearer.\n", content_type="text/plain"
        )
    rows = CollectorRegistry()
    rows.register(RowCollector(timezone.now()))
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(rows), content_type=CONTENT_TYPE_LATEST)


class RowCollector(Collector):
    """Reads the queues as they stand at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield depth and lateness of each queue, live texts by status, and the age of each sweep."""
        waiting = GaugeMetricFamily("followup_queue_waiting", "Rows that wait, due or not", labels=["queue"])
        due = GaugeMetricFamily("followup_queue_due", "Rows whose time has come", labels=["queue"])
        oldest = GaugeMetricFamily("followup_queue_oldest_due_seconds", "Age of the longest due row", labels=["queue"])
        for queue in QUEUES:
            figures = self._figures(queue)
            waiting.add_metric([queue.name], figures["waiting"])
            due.add_metric([queue.name], figures["due"])
            oldest.add_metric([queue.name], self._seconds_since(figures["oldest"]))
        yield from (waiting, due, oldest, _live_texts(), _sweep_ages(), _open_alerts(), *_standing(self.now))

    def _figures(self, queue: Queue) -> dict[str, Any]:
        rows = queue.model.objects.filter(**{f"{queue.due}__isnull": False})
        is_due = Q(**{f"{queue.due}__lte": self.now})
        return dict(rows.aggregate(waiting=Count("pk"), due=Count("pk", filter=is_due), oldest=Min(queue.due)))

    def _seconds_since(self, oldest: datetime | None) -> float:
        return max(0.0, (self.now - oldest).total_seconds()) if oldest else 0.0


def _live_texts() -> GaugeMetricFamily:
    family = GaugeMetricFamily("followup_texts_live", "Texts without a final status", labels=["status"])
    live = OutboundMessage.objects.filter(finished_at__isnull=True).values_list("status").annotate(Count("pk"))
    for status, count in live.order_by("status"):
        family.add_metric([status], count)
    return family


def _sweep_ages() -> GaugeMetricFamily:
    family = GaugeMetricFamily("followup_sweep_age_seconds", "Since the sweep last finished a round", labels=["sweep"])
    for name, age in sweep_ages().items():
        family.add_metric([name], age)
    return family


def _open_alerts() -> GaugeMetricFamily:
    family = GaugeMetricFamily("followup_alerts_open", "Alerts that have not ended", labels=["condition"])
    counts = open_alerts().order_by("condition").values_list("condition").annotate(Count("pk"))
    for condition, count in counts:
        family.add_metric([condition], count)
    return family


FIGURES = {
    "uncertain": "Texts of unknown outcome",
    "held_up": "Texts that were refused for the moment and wait long for their next try",
    "set_aside": "Texts of patients that could not be handled",
    "sender_stop": "Senders that the provider refuses",
    "callbacks": "Texts of the last half hour that the provider has not reported on",
    "filtered": "Texts of the last hour that carriers filtered",
}


def _standing(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what the operations page shows, over all clinics: how much, how old, and out of how many."""
    sums = by_name(figures(now=now))
    for name, words in FIGURES.items():
        figure = sums.get(name, Figure(name=name, count=0))
        yield GaugeMetricFamily(f"followup_{name}", words, value=figure.count)
        yield GaugeMetricFamily(f"followup_{name}_oldest_seconds", f"Since the first: {words}", value=figure.age(now))
    for name in ("callbacks", "filtered"):
        of = sums.get(name, Figure(name=name)).of
        share = sums[name].count / of if of else 0.0
        yield GaugeMetricFamily(f"followup_{name}_share", f"Share of texts: {FIGURES[name]}", value=share)


def _has_token(request: HttpRequest) -> bool:
    """Say whether the request carries METRICS_TOKEN; without that setting no token opens anything."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and scheme == "Bearer" and secrets.compare_digest(token.encode(), expected.encode())
