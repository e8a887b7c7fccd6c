"""Ids are time-ordered UUIDs, also within a millisecond."""

import time

from privacy.ids import new_id


def test_ids_of_one_process_rise_strictly() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_version_7_uuid_that_is_not_older_than_now() -> None:
    before, made = time.time_ns() // 1_000_000, new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80
