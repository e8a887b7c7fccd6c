"""The on-call roster: added, repeated, taken off and put back; who counts as somebody who can act."""

from datetime import timedelta

import pytest

from clinics.core.actor import SYSTEM
from clinics.models import AuditEvent, Clinic, Shift, User
from clinics.operations import InvalidShift, InvalidStaff, add_shifts, change_staff, remove_shift, restore_shift
from clinics.queries import on_call, rostered, shifts
from tests import factories
from tests.factories import NOW, put_on_call

HOUR = timedelta(hours=1)


@pytest.fixture
def house(db: None) -> Clinic:
    return factories.make_clinic(surveys=False)


@pytest.fixture
def bo(house: Clinic) -> User:
    return factories.make_staff(house)


def test_a_shift_is_repeated_weekly_and_a_second_click_adds_nothing(bo: User) -> None:
    put_on_call(bo)
    first = {"person": bo, "place": "first", "starts_at": NOW, "ends_at": NOW + 12 * HOUR}
    added = add_shifts(**first, weeks=3, by=SYSTEM, now=NOW)
    assert [shift.starts_at for shift in added] == [NOW + timedelta(weeks=week) for week in (1, 2)]
    assert add_shifts(**first, weeks=3, by=SYSTEM, now=NOW) == []
    details = AuditEvent.objects.filter(action="shift.create").order_by("id").values_list("detail__count", flat=True)
    assert list(details) == [1, 2]


def test_the_first_stands_before_the_second_and_only_now_counts(house: Clinic, bo: User) -> None:
    ann = factories.make_staff(house, "admin")
    second = put_on_call(ann, place="second")
    first = put_on_call(bo)
    put_on_call(bo, since=NOW + 20 * HOUR)
    assert on_call(house.pk, now=NOW) == [first, second]
    assert on_call(house.pk, now=NOW + 13 * HOUR) == []


def test_four_hours_from_now_must_be_covered(house: Clinic, bo: User) -> None:
    put_on_call(bo)
    assert rostered([house.pk], now=NOW + 8 * HOUR) == {house.pk}
    assert rostered([house.pk], now=NOW + 8 * HOUR + timedelta(seconds=1)) == set()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "coordinator"}])
def test_somebody_who_may_not_sign_off_any_more_does_not_count(
    house: Clinic, bo: User, change: dict[str, object]
) -> None:
    put_on_call(bo)
    factories.make_staff(house, "admin")
    change_staff(user=bo, by=SYSTEM, now=NOW, **change)
    assert rostered([house.pk], now=NOW) == set()
    assert on_call(house.pk, now=NOW) == []


def test_a_shift_that_was_taken_off_can_be_put_back(house: Clinic, bo: User) -> None:
    shift = put_on_call(bo)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    assert not shifts(house).exists()
    restore_shift(shift=shift, by=SYSTEM, now=NOW)
    assert on_call(house.pk, now=NOW) == [shift]
    actions = list(AuditEvent.objects.filter(object_type="shift").order_by("id").values_list("action", flat=True))
    assert actions == ["shift.create", "shift.remove", "shift.restore"]


def test_a_shift_is_not_put_back_beside_its_twin(bo: User) -> None:
    shift = put_on_call(bo)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    put_on_call(bo)
    with pytest.raises(InvalidShift, match="again already"):
        restore_shift(shift=shift, by=SYSTEM, now=NOW)
    assert Shift.objects.filter(removed_at=None).count() == 1


def test_every_problem_of_a_shift_is_named_at_once(house: Clinic, bo: User) -> None:
    with pytest.raises(InvalidShift) as refused:
        add_shifts(person=bo, place="third", starts_at=NOW, ends_at=NOW, weeks=99, by=SYSTEM, now=NOW)
    assert set(refused.value.problems) == {"person", "place", "ends_at", "weeks"}
    assert "mobile number" in refused.value.problems["person"]
    desk = factories.make_staff(house, "coordinator")
    with pytest.raises(InvalidShift, match="admin and clinician"):
        put_on_call(desk)


def test_a_staff_number_is_sealed_checked_and_kept_while_on_the_roster(bo: User) -> None:
    with pytest.raises(InvalidStaff, match=r"phone: Write the number in E\.164"):
        change_staff(user=bo, phone="618-555-0190", by=SYSTEM, now=NOW)
    shift = put_on_call(bo)
    assert bo.phone is not None
    assert bo.phone.reveal() == "+16185550190"
    with pytest.raises(InvalidStaff, match="on the roster"):
        change_staff(user=bo, phone="", by=SYSTEM, now=NOW)
    remove_shift(shift=shift, by=SYSTEM, now=NOW)
    assert change_staff(user=bo, phone="", by=SYSTEM, now=NOW).phone is None
    logged = AuditEvent.objects.filter(action="staff.update").values_list("detail", flat=True)
    assert list(logged) == [{"fields": ["phone"]}] * 2
