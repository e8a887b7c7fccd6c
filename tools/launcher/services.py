"""The database and the broker of one run: embedded ones, unless the environment names others."""

import base64
import json
import os
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

from tools.launcher import processes
from tools.launcher.embedded import Postgres, Server, Valkey
from tools.launcher.folders import write_private
from tools.launcher.refusal import Refusal

SETTINGS = [
    "SECRET_KEY",
    "FIELD_KEYS",
    "HASH_KEY",
    "PUBLIC_BASE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "GATEWAY",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_SECONDARY",
    "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_FROM_NUMBER",
    "TWILIO_API_BASE_URL",
    "SWEEP_SECONDS",
    "LOG_FORMAT",
    "SENTRY_DSN",
    "METRICS_TOKEN",
    "ALERT_EMAILS",
    "EMAIL_URL",
    "EMAIL_FROM",
    "ALERT_WEBHOOK_URL",
    "ALLOW_PRIVATE_WEBHOOKS",
]
"""Every setting of the product besides the addresses of its database and broker."""

ANSWER_SECONDS = 5
DEMO_DATABASE, LIVE_DATABASE = "demo", "followup"


def own_secrets(folder: Path) -> dict[str, str]:
    """Return the secrets this folder made for itself on its first start; they stay with the data they protect."""
    path = folder / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": f"k1:{base64.b64encode(os.urandom(32)).decode()}",
            "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
            "VALKEY_PASSWORD": secrets.token_urlsafe(24),
        }
        write_private(path, json.dumps(made, indent=1))
    return dict(json.loads(path.read_text(encoding="utf-8")))


@contextmanager
def services(
    environment: MutableMapping[str, str], folder: Path, passwords: dict[str, str], *, durable: bool
) -> Iterator[list[Server]]:
    """Start the servers that `environment` does not name, enter their addresses into it, and stop them at the end.

    The embedded server holds a database for the demo and one for real texts, so that neither ever sees the other.
    """
    database = LIVE_DATABASE if environment.get("GATEWAY") == "twilio" else DEMO_DATABASE
    with ExitStack() as stack:
        started: list[Server] = []
        if environment.get("DATABASE_URL"):
            _refuse_silent_database(environment["DATABASE_URL"])
        else:
            log = folder / "log" / "postgres.log"
            postgres = Postgres(folder / "postgres", passwords["POSTGRES_PASSWORD"], log, durable=durable)
            stack.callback(postgres.stop)
            postgres.start()
            postgres.ensure_database(database)
            environment["DATABASE_URL"] = postgres.url(database)
            started.append(postgres)
        if environment.get("REDIS_URL"):
            _refuse_silent_broker(environment["REDIS_URL"])
        else:
            valkey = Valkey(folder / "valkey", passwords["VALKEY_PASSWORD"], folder / "log" / "valkey.log")
            stack.callback(valkey.stop)
            valkey.start()
            environment["REDIS_URL"] = valkey.url()
            started.append(valkey)
        stack.callback(processes.deafen)
        yield started


def _refuse_silent_database(url: str) -> None:
    """Raise Refusal when the PostgreSQL of DATABASE_URL takes no session."""
    try:
        psycopg.connect(url, connect_timeout=ANSWER_SECONDS).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Refusal(
            f"The PostgreSQL of DATABASE_URL does not answer: {reason} - start it or mend the setting."
        ) from None


def _refuse_silent_broker(url: str) -> None:
    """Raise Refusal when the Redis of REDIS_URL does not answer."""
    try:
        with redis.Redis.from_url(url, socket_timeout=ANSWER_SECONDS) as client:
            client.ping()
    except redis.RedisError as error:
        raise Refusal(f"The Redis of REDIS_URL does not answer: {error} - start it or mend the setting.") from None
