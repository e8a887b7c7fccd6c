"""The timetable is static and leaves no heap behind."""

from config.timetable import timetable


def test_every_sweep_runs_as_often_as_asked_and_expires_before_its_next_run() -> None:
    entries = timetable(2)
    due = ("dispatch_outbox", "handle_pending_inbound", "open_due", "run_timers", "call_out")
    assert {entry["schedule"] for name, entry in entries.items() if name.endswith(due)} == {2}
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in entries.values())


def test_reconciling_is_never_oftener_than_the_provider_can_know() -> None:
    assert timetable(2)["messaging.tasks.reconcile"]["schedule"] == 30
    assert timetable(60)["messaging.tasks.reconcile"]["schedule"] == 60
