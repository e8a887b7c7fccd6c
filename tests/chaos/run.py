"""One chaos run from the first patient to the audit, with Django set up."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from django.db import connection

from clinics.core.actor import SYSTEM
from clinics.models import Clinic
from clinics.operations import create_token
from tests.chaos.audit import Check, audit, table
from tests.chaos.mayhem import Mayhem
from tests.chaos.people import Desk, Phones
from tests.chaos.processes import Parts
from tests.chaos.settling import Settling
from tests.chaos.stories import MOST_STORIES, Story, Town, found, stories
from tests.factories.clinics import make_staff
from tests.standin import StandIn
from tools.launcher.refusal import Refusal

TEXTS_EACH = 5
"""How many texts a patient gets in all, about."""

HEAD_START = 0.15
"""Share of patients who come before the first kill; the last have come when this share of the kills is left."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How long a run is wanted. `patience`: seconds after the last kill before the minutes are passed at once."""

    kills: int
    sends: int
    seed: int
    patience: float


def run(parts: Parts, provider: StandIn, address: str, wish: Wish, say: Say) -> bool:
    """Run it, print the audit, say whether every promise was kept. Raises Refusal when there are clinics already."""
    town, token = _prepare()
    cast = stories(_patients(wish), town, wish.seed)
    desk, phones = Desk(address, token, town), Phones(provider, address, cast, wish.seed)
    planned = sum(len(story.texts) for story in cast)
    mayhem = Mayhem(parts, provider, kills=wish.kills, planned=planned, seed=wish.seed, say=say)
    settling = Settling(parts, provider, phones, cast, say)
    logging.getLogger().setLevel(logging.ERROR)  # what the sweeps say in this process would hide the audit
    connection.close()
    connection.close_pool()  # its connections would die with the database
    _live(parts, desk, phones, cast, mayhem, settling, wish.patience)
    checks = [*audit(cast, provider, town), settling.watching.check(), _parts_held(parts), _proves_something(mayhem)]
    say(f"\n{table(checks)}\n\n{_figures(mayhem, desk, phones, provider)}")
    return not any(check.problems for check in checks)


def _live(
    parts: Parts, desk: Desk, phones: Phones, cast: list[Story], mayhem: Mayhem, settling: Settling, patience: float
) -> None:
    """Desk and phones work in threads of their own; the blows fall from this one, which started all parts."""
    with parts, ThreadPoolExecutor(2) as outside:
        parts.wait_until_ready()
        at_work = [outside.submit(desk.work), outside.submit(phones.run)]
        try:
            mayhem.rage(lambda share: _admit(desk, cast, share, at_work))
            _admit(desk, cast, 1.0, at_work)
            desk.close()
            at_work[0].result()
            settling.wait(patience)
            settling.pass_minutes()
        finally:
            desk.close(at_once=True)
            phones.stop()
        at_work[1].result()


def _prepare() -> tuple[Town, str]:
    """Make the tables, the clinic and a token for its desk."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Clinic.objects.exists():
        raise Refusal("The database holds clinics already: give the chaos run an empty one in DATABASE_URL, or none.")
    now = datetime.now(UTC)
    town = found(now)
    admin = make_staff(Clinic.objects.get(), "admin", now=now)
    _, token = create_token(user=admin, scopes=[], lifetime=timedelta(days=1), by=SYSTEM, now=now)
    return town, token


def _patients(wish: Wish) -> int:
    """How many patients it takes. Raises Refusal when there are not so many numbers that are nobody's."""
    count = math.ceil(wish.sends / TEXTS_EACH)
    if count > MOST_STORIES:
        raise Refusal(
            f"--sends can be at most {MOST_STORIES * TEXTS_EACH}: there are no more numbers that are nobody's."
        )
    return count


def _admit(desk: Desk, cast: list[Story], share: float, at_work: list[Future[None]]) -> None:
    """Let patients come to the desk as the kills go on, and raise what went wrong there."""
    for future in at_work:
        if future.done():
            future.result()
    due = math.ceil(len(cast) * min(1.0, share + HEAD_START))
    while desk.admitted < due:
        desk.admit(cast[desk.admitted])


def _parts_held(parts: Parts) -> Check:
    return Check("no part gave up by itself", len(parts.commands), parts.gave_up)


def _proves_something(mayhem: Mayhem) -> Check:
    problems = [] if mayhem.in_hand else ["no worker was killed with a text in hand: this run proves nothing"]
    return Check("workers were killed with texts in hand", mayhem.in_hand, problems)


def _figures(mayhem: Mayhem, desk: Desk, phones: Phones, provider: StandIn) -> str:
    blows = ", ".join(f"{count} {name}" for name, count in mayhem.dealt.most_common())
    return (
        f"{mayhem.killed} kills ({blows}), {len(provider.books.taken())} texts, {desk.repeated} API requests repeated, "
        f"{phones.unheard} replies unheard at first, {len(provider.faults.seen)} faults of the provider"
    )
