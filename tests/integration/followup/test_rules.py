"""The clinical rules from texts to rows: history gathered, signals raised, further surveys asked for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics.core.actor import SYSTEM
from clinics.models import Clinic, User
from followup.models import FollowUp, Patient, ReviewItem, Signal
from followup.operations import care_sessions
from followup.operations.enrol import change_patient
from followup.operations.open_due import open_due
from followup.operations.run_timers import run_timers
from followup.queries.history import current_answers, facts, raised_for
from messaging.models import OutboundMessage
from tests.factories import NOW, end_session, make_plan, put_on_call
from tests.factories.talk import open_by_text, texts, write

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def asked(patient: Patient, *, at: timedelta = timedelta(0), reference: str = "") -> FollowUp:
    end_session(patient, ended_at=NOW + at, now=NOW + at, reference=reference)
    return open_by_text(patient, now=NOW + at)


def say(patient: Patient, *bodies: str, at: timedelta = MINUTE) -> None:
    for place, body in enumerate(bodies):
        write(patient, body, now=NOW + at + place * MINUTE)


def rules(patient: Patient) -> set[str]:
    return set(Signal.objects.filter(patient=patient).values_list("rule", flat=True))


def follow_ons(patient: Patient) -> list[tuple[str, str, str]]:
    rows = FollowUp.objects.filter(patient=patient, raised_by__isnull=False).order_by("created_at", "id")
    return [(row.raised_by.rule, row.survey, row.status) for row in rows if row.raised_by]


# -- further surveys ---------------------------------------------------------------------------------------------------


def test_a_positive_phq2_asks_for_the_phq9_next_morning_with_its_reason(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "phq-2"})
    follow_up = asked(patient)
    say(patient, "2", "1")
    row = FollowUp.objects.get(patient=patient, raised_by__isnull=False)
    signal = Signal.objects.get(rule="M2")
    assert (row.survey, row.origin, row.raised_by, row.care_session_id) == (
        "phq-9", "rule M2", signal, follow_up.care_session_id,
    )  # fmt: skip
    assert row.due_at == NOW + DAY  # 10:00 of the next day, which is within 24 hours of the answer
    assert (signal.level, signal.inputs, signal.thresholds) == ("watch", {"phq2": 3}, {"phq2": 3})


def test_a_positive_phq2_before_ten_asks_for_the_phq9_within_a_day(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "phq-2"})
    asked(patient, at=-HOUR)
    say(patient, "2", "1", at=-HOUR)
    row = FollowUp.objects.get(raised_by__isnull=False)
    assert row.due_at == NOW - HOUR + MINUTE + DAY


def test_two_points_on_the_phq2_ask_for_nothing(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "phq-2"})
    asked(patient)
    say(patient, "1", "1")
    assert follow_ons(patient) == []


def test_a_follow_on_is_opened_like_any_other_and_follows_the_roster(
    clinic: Clinic, clinician: User, patient: Patient
) -> None:
    make_plan(clinic, {"survey": "phq-2"})
    asked(patient)
    say(patient, "3", "3")
    put_on_call(clinician, since=NOW + DAY)
    open_due(now=NOW + DAY)
    row = FollowUp.objects.get(patient=patient, status="open")
    assert row.survey == "phq-9"
    assert row.survey_version is not None
    assert row.survey_version.survey.key == "phq-9"
    run_timers(now=NOW + 2 * DAY)  # its reminder
    assert len(texts(patient, "reminder")) == 1


def test_low_mood_asks_two_questions_next_day_and_only_once(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {}, {"key": "later", "offset": "PT3H"})
    asked(patient)
    say(patient, "5", "2")
    open_due(now=NOW + 3 * HOUR)
    say(patient, "5", "1", at=3 * HOUR + MINUTE)
    assert follow_ons(patient) == [("M6", "phq-2", "scheduled")]
    assert Signal.objects.filter(rule="M6").count() == 2


def test_what_will_be_asked_anyway_is_not_asked_for_again(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {}, {"key": "week-1", "survey": "week-1", "offset": "PT22H"})
    asked(patient)
    say(patient, "5", "2")
    assert "M6" in rules(patient)
    assert follow_ons(patient) == []


def test_a_follow_on_that_may_wait_takes_a_day_of_its_own(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "gad-2"}, {"key": "day-1", "offset": "PT24H"}, {"key": "day-2", "offset": "PT48H"})
    asked(patient)
    say(patient, "2", "2")
    row = FollowUp.objects.get(patient=patient, raised_by__isnull=False)
    assert (row.survey, row.due_at) == ("gad-7", NOW + 3 * DAY)


def test_a_correction_takes_back_what_was_asked_for_and_keeps_the_signal(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {})
    asked(patient)
    say(patient, "5", "2", "i meant 8")
    signal = Signal.objects.get(rule="M6")
    assert "no longer holds" in signal.annotations[0]["note"]
    row = FollowUp.objects.get(raised_by=signal)
    assert (row.status, row.reason) == ("cancelled", "not_applicable")


def test_a_new_visit_leaves_what_a_rule_asked_for_in_place(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {})
    asked(patient)
    say(patient, "5", "2")
    session = end_session(patient, ended_at=NOW + 2 * HOUR, now=NOW + 2 * HOUR)
    care_sessions.end(session=session, ended_at=NOW + HOUR, by=SYSTEM, now=NOW + 3 * HOUR)
    assert ("M6", "phq-2", "scheduled") in follow_ons(patient)


def test_the_table_takes_no_second_follow_on_of_a_survey(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {})
    asked(patient)
    say(patient, "5", "2")
    row = FollowUp.objects.get(raised_by__isnull=False)
    for change in ({"raised_by": None}, {}):
        twin = FollowUp.objects.get(pk=row.pk)
        twin.pk = None
        twin._state.adding = True
        for name, value in change.items():
            setattr(twin, name, value)
        twin.id = FollowUp._meta.pk.get_default()
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)


# -- history -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def treated(clinic: Clinic, patient: Patient) -> Patient:
    """A patient with a baseline of 8, asked a day before the first visit."""
    baseline = {"key": "before", "survey": "pain", "anchor": "booked", "offset": "-PT24H", "reminders": []}
    daily = [{"key": f"day-{n}", "offset": f"P{n}D", "reminders": []} for n in (1, 2, 3)]
    make_plan(clinic, baseline, *daily)
    session, _ = care_sessions.record(
        patient=patient, external_reference="INF-0", kind="ketamine-iv", booked_for=NOW + DAY, ended_at=None,
        by=SYSTEM, now=NOW - HOUR,
    )  # fmt: skip
    open_due(now=NOW)
    say(patient, "8", "8", "8")
    care_sessions.end(session=session, ended_at=NOW + DAY, by=SYSTEM, now=NOW + DAY)
    return patient


def on_day(patient: Patient, days: int, pain: str, mood: str = "6") -> None:
    open_due(now=NOW + days * DAY)
    say(patient, pain, mood, at=days * DAY + MINUTE)


def test_pain_is_compared_with_the_baseline_before_the_series(treated: Patient) -> None:
    on_day(treated, 2, "4")
    signal = Signal.objects.get(rule="P1")
    assert (signal.level, signal.inputs["percent"], signal.inputs["baseline"]) == ("info", 50.0, 8.0)
    assert "P0" not in rules(treated)


def test_relief_that_goes_is_noticed_over_days(treated: Patient) -> None:
    on_day(treated, 2, "4")
    on_day(treated, 3, "7")
    assert Signal.objects.get(rule="P3").level == "info"
    assert "P4" not in rules(treated)
    on_day(treated, 4, "7")
    levels = Signal.objects.filter(rule="P3").order_by("raised_at").values_list("level", flat=True)
    assert list(levels) == ["info", "watch"]
    relapse = Signal.objects.get(rule="P4")
    assert "booster-review" in relapse.review.tags
    assert Signal.objects.get(rule="P6").inputs["days"] == 3.0


def test_a_second_visit_of_a_series_keeps_the_first_ones_baseline(treated: Patient, clinic: Clinic) -> None:
    on_day(treated, 2, "8")
    end_session(treated, ended_at=NOW + 3 * DAY, now=NOW + 3 * DAY)
    on_day(treated, 4, "8")
    end_session(treated, ended_at=NOW + 5 * DAY, now=NOW + 5 * DAY)
    on_day(treated, 6, "8")
    signal = Signal.objects.get(rule="P5")
    assert signal.inputs == {"baseline": 8.0, "values": [8, 8, 8]}
    assert "plan-review" in signal.review.tags


def test_the_history_costs_the_same_however_long_it_is(treated: Patient) -> None:
    def cost(follow_up: FollowUp) -> int:
        row = FollowUp.objects.select_related("patient", "clinic", "care_session").get(pk=follow_up.pk)
        with CaptureQueriesContext(connection) as queries:
            facts(row, current_answers(row.id), raised_for(row, now=NOW + 5 * DAY), now=NOW + 5 * DAY)
        return len(queries)

    on_day(treated, 2, "3")
    first = cost(FollowUp.objects.filter(patient=treated, status="completed").latest("opened_at"))
    on_day(treated, 3, "7")
    on_day(treated, 4, "7")
    last = cost(FollowUp.objects.filter(patient=treated, status="completed").latest("opened_at"))
    assert first == last <= 6


def test_a_flag_on_the_patient_makes_a_severe_headache_a_matter_of_pressure(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "side-effects"})
    change_patient(patient=patient, has_hypertension=True, by=SYSTEM, now=NOW)
    asked(patient)
    say(patient, "3", "6")
    assert {"E2", "E7"} <= rules(patient)


# -- texts -------------------------------------------------------------------------------------------------------------


def test_a_crisis_pressure_alone_is_urgent_and_with_a_headache_an_emergency(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"survey": "side-effects"})
    asked(patient)
    say(patient, "my bp is 185/110")
    alone = Signal.objects.get(rule="E14")
    assert (alone.level, alone.inputs["systolic"], alone.safety_text) == ("urgent", 185, "SAFE-SEVERE")
    say(patient, "1", "6", at=5 * MINUTE)
    say(patient, "presion 190 sobre 100", at=10 * MINUTE)
    together = Signal.objects.filter(rule="E14").latest("raised_at")
    assert (together.level, together.inputs["symptoms"], together.safety_text) == ("emergency", ["6"], "SAFE-MED911")


@pytest.mark.parametrize("body", ["7/10", "11/24", "bp 130/85", "120/80 today"])
def test_an_ordinary_fraction_is_no_pressure(patient: Patient, body: str) -> None:
    write(patient, body)
    assert "E14" not in rules(patient)


def test_somebody_sped_up_is_seen_the_same_day(patient: Patient) -> None:
    write(patient, "I don't need sleep anymore, this is not like me")
    signal = Signal.objects.get(rule="M8")
    assert (signal.level, signal.safety_text) == ("urgent", "SAFE-WATCH")
    assert any("care team will look" in text for text in texts(patient, "safety"))


@pytest.fixture
def phq9(clinic: Clinic, clinician: User, patient: Patient) -> FollowUp:
    put_on_call(clinician)
    make_plan(clinic, {"survey": "phq-9"})
    return asked(patient)


def test_item_9_is_urgent_at_once_stops_the_survey_and_is_due_in_a_quarter_of_an_hour(
    phq9: FollowUp, patient: Patient
) -> None:  # 14
    say(patient, *["1"] * 8, "2")
    phq9.refresh_from_db()
    item = ReviewItem.objects.get(follow_up=phq9)
    signal = Signal.objects.get(rule="M1")
    assert (phq9.status, signal.level, signal.safety_text) == ("partial", "urgent", "SAFE-ITEM9")
    assert (item.rank, item.due_by - signal.raised_at) == (1, 15 * MINUTE)
    assert texts(patient, "safety") == [row for row in texts(patient) if "You matter" in row]


def test_item_9_and_words_of_crisis_hours_later_are_one_emergency(phq9: FollowUp, patient: Patient) -> None:  # 15
    say(patient, *["1"] * 8, "2")
    write(patient, "i want to die", now=NOW + 3 * HOUR)
    item = ReviewItem.objects.get(patient=patient, rank__lte=1, open_due_by__isnull=False)
    assert item.rank == 0
    levels = item.signals.filter(rule="M1").order_by("raised_at").values_list("level", flat=True)
    assert list(levels) == ["urgent", "emergency"]


def test_words_of_crisis_a_day_and_more_later_are_judged_by_themselves(phq9: FollowUp, patient: Patient) -> None:
    say(patient, *["1"] * 8, "1")
    write(patient, "i want to die", now=NOW + 25 * HOUR)
    assert not Signal.objects.filter(rule="M1", level="emergency").exists()


def test_a_late_answer_to_item_9_still_raises(phq9: FollowUp, patient: Patient) -> None:
    say(patient, *["1"] * 8)
    run_timers(now=NOW + 21 * HOUR)
    write(patient, "3", now=NOW + 22 * HOUR)
    assert Signal.objects.get(rule="M1").level == "urgent"


def test_a_skipped_item_9_is_looked_at_and_the_total_is_prorated(phq9: FollowUp, patient: Patient) -> None:  # 17
    say(patient, *["1"] * 8, "skip")
    assert Signal.objects.get(rule="M1c").level == "watch"
    assert phq9.response.scores["phq9"]["value"] == 9


def test_a_phq9_that_ends_in_silence_is_looked_at_for_its_last_item(phq9: FollowUp, patient: Patient) -> None:
    say(patient, *["3"] * 8)
    run_timers(now=NOW + 21 * HOUR)
    assert {"M1c", "M3"} <= rules(patient)
    assert "call-patient" in ReviewItem.objects.get(follow_up=phq9).tags


def test_a_phq9_that_a_stop_cuts_off_is_looked_at_too(phq9: FollowUp, patient: Patient) -> None:
    say(patient, *["1"] * 8, "STOP")
    assert Signal.objects.get(rule="M1c").level == "watch"


def test_the_same_answer_eight_times_is_noted(phq9: FollowUp, patient: Patient) -> None:
    say(patient, *["1"] * 8)
    assert Signal.objects.get(rule="Q2").level == "info"


def test_an_answer_within_two_seconds_of_the_question_is_noted(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {})
    follow_up = asked(patient)
    OutboundMessage.objects.filter(context_id=follow_up.id).update(
        status="sent", sent_at=NOW, provider_id="SMx", next_attempt_at=None
    )
    write(patient, "5", now=NOW + timedelta(seconds=2))
    assert Signal.objects.get(rule="Q3").inputs == {"seconds": 2.0}


# -- silence -----------------------------------------------------------------------------------------------------------


def silent_day(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"key": "day-1", "offset": "PT24H", "reminders": []})
    end_session(patient)
    open_due(now=NOW + DAY)
    run_timers(now=NOW + 2 * DAY)


def test_silence_the_day_after_the_first_visit_asks_for_a_call(clinic: Clinic, patient: Patient) -> None:
    silent_day(clinic, patient)
    signal = Signal.objects.get(rule="N2")
    assert (signal.level, signal.review.tags) == ("watch", ["call-patient"])


def test_silence_after_a_later_visit_without_a_worry_means_nothing(clinic: Clinic, patient: Patient) -> None:
    end_session(patient, ended_at=NOW - 20 * DAY, now=NOW - 20 * DAY)
    silent_day(clinic, patient)
    assert rules(patient) == set()


def test_silence_two_hours_after_a_visit_means_nothing(clinic: Clinic, patient: Patient) -> None:
    make_plan(clinic, {"offset": "PT2H", "reminders": [], "closes_after": "PT4H"})
    end_session(patient)
    open_due(now=NOW + 2 * HOUR)
    run_timers(now=NOW + 7 * HOUR)
    assert rules(patient) == set()


def test_two_silences_after_a_severe_score_are_urgent(clinic: Clinic, clinician: User, patient: Patient) -> None:
    put_on_call(clinician)
    later = [{"key": f"day-{n}", "offset": f"P{n}D", "reminders": []} for n in (2, 3)]
    make_plan(clinic, {"survey": "phq-9"}, *later)
    asked(patient)
    say(patient, *["2"] * 8, "0")
    for day in (2, 3):
        open_due(now=NOW + day * DAY)
        run_timers(now=NOW + day * DAY + 21 * HOUR)
    signal = Signal.objects.get(rule="N3")
    assert (signal.level, signal.inputs["phq9"]) == ("urgent", 16)
    assert Signal.objects.filter(rule="N3").count() == 1
