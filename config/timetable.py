"""When the scheduler looks for due work: a static list, because what is due is decided by rows."""

from typing import Any

RECONCILE_SECONDS = 30
"""How often unexplained sends are looked up at the provider; its list lags by seconds, so oftener gains nothing."""

FETCH_SECONDS = 60
"""How often the provider is asked for texts that it could not deliver to us, which it does not try twice."""

SEAL_SECONDS = 30
"""How often new audit rows are chained: how long a row rests on the append-only trigger alone."""

HOUSEKEEPING_SECONDS = 3600
"""How often what nobody needs any more is deleted, here and at the provider."""


def timetable(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """Return Celery's beat schedule: every sweep each `sweep_seconds`, reconciling each RECONCILE_SECONDS.

    Each entry expires before its next run is due, so that a long outage leaves no heap of sweeps behind.
    """
    every = {
        "messaging.tasks.dispatch_outbox": sweep_seconds,
        "messaging.tasks.handle_pending_inbound": sweep_seconds,
        "messaging.tasks.reconcile": max(RECONCILE_SECONDS, sweep_seconds),
        "messaging.tasks.fetch_missed_inbound": max(FETCH_SECONDS, sweep_seconds),
        "messaging.tasks.simulate_receipts": sweep_seconds,
        "messaging.tasks.tidy_provider": HOUSEKEEPING_SECONDS,
        "messaging.tasks.keep_history": HOUSEKEEPING_SECONDS,
        "followup.tasks.open_due": sweep_seconds,
        "followup.tasks.run_timers": sweep_seconds,
        "followup.tasks.deliver_webhooks": sweep_seconds,
        "followup.tasks.forget_deliveries": HOUSEKEEPING_SECONDS,
        "followup.tasks.call_out": sweep_seconds,
        "clinics.tasks.seal_audit": max(SEAL_SECONDS, sweep_seconds),
        "clinics.tasks.forget_answers": HOUSEKEEPING_SECONDS,
    }
    return {
        task: {"task": task, "schedule": seconds, "options": {"expires": seconds}} for task, seconds in every.items()
    }
