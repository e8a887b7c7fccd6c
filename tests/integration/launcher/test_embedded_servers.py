"""The embedded PostgreSQL and Valkey, in a folder with a space and a letter that is not ASCII."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tools.launcher.embedded import Postgres, Server, Valkey
from tools.launcher.unprivileged import Identity, unprivileged_identity

pytestmark = pytest.mark.processes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name is hard for shell scripts."""
    path = tmp_path / "data für 'Ana'"
    path.mkdir()
    return path


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that is stopped after the test."""
    server = Postgres(folder / "postgres", "p@ss/word %", folder / "postgres.log")
    yield server
    server.stop()


@pytest.fixture
def valkey(folder: Path) -> Iterator[Valkey]:
    """A Valkey that is stopped after the test."""
    server = Valkey(folder / "valkey", "p@ss/word", folder / "valkey.log")
    yield server
    server.stop()


def kill(server: Server) -> None:
    """End the server as a power cut would."""
    assert server.process is not None
    server.process.kill()
    server.process.wait()


def test_postgres_keeps_what_was_committed_when_it_is_killed(postgres: Postgres) -> None:
    postgres.start()
    postgres.ensure_database("clinic")
    with psycopg.connect(postgres.url("clinic")) as session:
        session.execute("CREATE TABLE answer AS SELECT 7 AS pain")
    kill(postgres)
    postgres.start()
    with psycopg.connect(postgres.url("clinic")) as session:
        assert session.execute("SELECT pain FROM answer").fetchall() == [(7,)]


def test_postgres_wants_its_password_and_listens_to_this_machine_only(postgres: Postgres) -> None:
    postgres.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url("postgres").replace("p%40ss", "wrong"))
    with psycopg.connect(postgres.url("postgres")) as session:
        assert session.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert session.execute("SELECT upper('ñ'), current_setting('fsync')").fetchone() == ("Ñ", "on")


def test_a_cluster_that_was_left_half_made_is_made_again(postgres: Postgres, folder: Path) -> None:
    (folder / "postgres.partial" / "base").mkdir(parents=True)
    postgres.start()
    assert not (folder / "postgres.partial").exists()


@pytest.mark.parametrize("namespaces", [True, False])
def test_root_runs_postgres_as_nobody_with_and_without_user_namespaces(
    folder: Path, monkeypatch: pytest.MonkeyPatch, namespaces: bool
) -> None:
    refusing = folder / "unshare"
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    if not namespaces:
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    identity = unprivileged_identity(Path("/bin/true"))
    if os.geteuid() != 0:
        assert identity == Identity()
    elif not namespaces:
        assert identity.credentials["extra_groups"] == []
    else:
        assert identity.prefix[:2] == ("unshare", "--user") or identity.user is not None


def test_valkey_keeps_what_it_was_told_when_it_is_stopped(valkey: Valkey) -> None:
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        client.set("nudge", "kept")
    valkey.stop()
    valkey.start()
    with redis.Redis.from_url(valkey.url()) as client:
        assert client.get("nudge") == b"kept"


def test_valkey_wants_its_password(valkey: Valkey) -> None:
    valkey.start()
    with redis.Redis(host="127.0.0.1", port=valkey.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
