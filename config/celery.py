"""The Celery app: its tasks are nudges, the rows in the database are what decides."""

import os
import time
from typing import Any

import structlog
from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import beat_init
from kombu.exceptions import OperationalError
from kombu.transport.redis import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PAUSE_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Nudge(DjangoTask):  # type: ignore[type-arg]  # generic in its stubs only
    """A task that carries ids only and may be lost: the next sweep finds the same rows."""

    paused_until = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Publish the task; return None when the broker is away, so that a webhook or a page never fails with it.

        After a failure the broker is left alone for PAUSE_SECONDS: a hanging one costs one request its time, not all.
        """
        if time.monotonic() < Nudge.paused_until:
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, OSError):
            Nudge.paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("nudge_lost", task=self.name)
            return None


# A worker that loses the broker with a nudge in hand would hand it back over the lost connection, and end of that.
# Nobody needs it back: the sweeps find the same rows.
QoS.restore_at_shutdown = False

app = Celery("followup", task_cls=Nudge)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def sweep_at_once(**_: Any) -> None:
    """Let the first round of everything come at the start and not a round later, so that a restart delays nothing."""
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].apply_async(**entry["options"])
