"""The database and the broker of one run: embedded ones, unless the environment names others."""

import base64
import json
import os
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.launcher.embedded import Postgres, Server, Valkey
from tools.launcher.folders import write_private


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
    """Start the servers that `environment` does not name, enter their addresses into it, and stop them at the end."""
    with ExitStack() as stack:
        started: list[Server] = []
        if not environment.get("DATABASE_URL"):
            log = folder / "log" / "postgres.log"
            postgres = Postgres(folder / "postgres", passwords["POSTGRES_PASSWORD"], log, durable=durable)
            stack.callback(postgres.stop)
            postgres.start()
            postgres.ensure_database()
            environment["DATABASE_URL"] = postgres.url()
            started.append(postgres)
        if not environment.get("REDIS_URL"):
            valkey = Valkey(folder / "valkey", passwords["VALKEY_PASSWORD"], folder / "log" / "valkey.log")
            stack.callback(valkey.stop)
            valkey.start()
            environment["REDIS_URL"] = valkey.url()
            started.append(valkey)
        yield started
