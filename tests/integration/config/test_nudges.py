"""A nudge may be lost, and never takes anything down with it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from celery import shared_task
from django.conf import settings
from django.db import transaction

from tools.launcher.folders import BASE

PUBLISH_TWICE = """
import django
django.setup()
from celery import shared_task

@shared_task(ignore_result=True)
def look_at(row_id): ...

print([look_at.delay("0192f0c4"), look_at.delay("0192f0c4")])
"""


@shared_task(ignore_result=True)
def look_at(row_id: str) -> None:
    """Stand for any task that carries an id."""


@pytest.fixture
def broker() -> Iterator["redis.Redis"]:
    """Publish to a queue that no worker listens to."""
    look_at.queue = "test-nudges"
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.delete("test-nudges")
        yield client
        client.delete("test-nudges")


def test_a_nudge_carries_the_id_as_json(broker: "redis.Redis") -> None:
    assert look_at.delay("0192f0c4") is not None
    (message,) = broker.lrange("test-nudges", 0, -1)
    assert json.loads(message)["headers"]["argsrepr"] == "('0192f0c4',)"


@pytest.mark.django_db(transaction=True)
def test_a_nudge_of_a_transaction_that_rolls_back_is_not_sent(broker: "redis.Redis") -> None:
    with transaction.atomic():
        look_at.delay_on_commit("0192f0c4")
        transaction.set_rollback(True)
    assert broker.llen("test-nudges") == 0


@pytest.mark.parametrize("broker_is", ["closed", "silent"])
def test_a_nudge_is_given_up_when_the_broker_is_away(broker_is: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        if broker_is == "closed":
            silent.close()
        changes = {"REDIS_URL": f"redis://127.0.0.1:{port}/0", "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment = os.environ | changes
        done = subprocess.run(
            [sys.executable, "-c", PUBLISH_TWICE], cwd=BASE, env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.stdout.strip() == "[None, None]", done.stderr
    assert done.stderr.count("nudge_lost") == 1, "the second one should not have tried"
