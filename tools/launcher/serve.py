"""The default command: the whole service on this machine, in the foreground."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config.environment import DEVELOPMENT, LOOPBACK_HOSTS, read_environment
from tools.launcher.folders import BASE, held_alone, var_folder, write_private
from tools.launcher.refusal import Refusal
from tools.launcher.services import SETTINGS, own_secrets, services
from tools.launcher.supervisor import Supervisor

OWN_SECRETS = ("SECRET_KEY", "FIELD_KEYS")
PUBLISHED = (*SETTINGS, "DATABASE_URL", "REDIS_URL")
"""What a command typed beside the service must find to see and do the same as the service."""

ANSWER_SECONDS = 60


def serve(arguments: list[str]) -> int:
    """Run the service until it is told to stop; return 0 then, and 1 when one of its parts ended by itself."""
    if arguments:
        raise Refusal(f"run.py does not know {arguments[0]}: settings come from the environment, as in PORT=8001.")
    folder = var_folder()
    taken = "Followup already runs in this folder ({holder}): use that one, or stop it first."
    with held_alone(folder / "service.lock", taken) as lock:
        return _serve_alone(folder, lock)


def _serve_alone(folder: Path, lock: Path) -> int:
    """Start everything in order, wait, and stop everything in the opposite order."""
    passwords = own_secrets(folder)
    environment = _environment(folder, passwords)
    port = _port_wanted(environment)
    _refuse_taken(port)
    address = environment["PUBLIC_BASE_URL"]
    lock.write_text(f"process {os.getpid()}, {address}/", encoding="utf-8")
    published = folder / "service.env"
    try:
        _say("Starting the database and the broker ...")
        with services(environment, folder, passwords, durable=True) as servers:
            write_private(published, "".join(f"{name}={environment.get(name, '')}\n" for name in PUBLISHED))
            sign_ins = _prepare(environment)
            with Supervisor(environment, port, servers) as supervisor:
                _say("Starting web, worker and scheduler ...")
                supervisor.start()
                _wait_for_answer(f"http://127.0.0.1:{port}/livez", supervisor)
                _say(f"{sign_ins}\nFollowup runs at {address}/ - Ctrl-C stops it.")
                return supervisor.wait()
    except KeyboardInterrupt:
        _say("Stopped; the data are kept.")
        return 0
    finally:
        published.unlink(missing_ok=True)


def _environment(folder: Path, passwords: Mapping[str, str]) -> dict[str, str]:
    """Return the checked environment for all parts; raise Refusal naming every setting that is wrong."""
    environ.Env.read_env(BASE / ".env")
    environment = dict(os.environ) | {"FOLLOWUP_VAR": str(folder), "PYTHONUNBUFFERED": "1"}
    if not environment.get("PUBLIC_BASE_URL"):
        environment["PUBLIC_BASE_URL"] = f"http://127.0.0.1:{_port_wanted(environment)}"
    if _may_use_own_secrets(environment):
        environment |= {name: environment.get(name) or passwords[name] for name in OWN_SECRETS}
    ours = {name: environment.get(name) or DEVELOPMENT[name] for name in ("DATABASE_URL", "REDIS_URL")}
    try:
        read_environment(environment | ours)
    except ImproperlyConfigured as error:
        raise Refusal(str(error)) from None
    return environment


def _may_use_own_secrets(environment: Mapping[str, str]) -> bool:
    """Say whether secrets kept in this folder will do: only where nobody outside is served and nothing outlives it."""
    local = urlsplit(environment["PUBLIC_BASE_URL"]).hostname in LOOPBACK_HOSTS
    simulated = environment.get("GATEWAY", "") in ("", "simulated")
    return local and (simulated or not environment.get("DATABASE_URL"))


def _port_wanted(environment: Mapping[str, str]) -> int:
    """Return the port to serve on; raise Refusal when it is none."""
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT cannot be {text}: give a number from 1 to 65535, for example PORT=8001.")
    return int(text)


def _refuse_taken(port: int) -> None:
    """Raise Refusal when the port cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Refusal(f"Port {port} needs root: choose one above 1023, for example PORT=8001.") from None
        except OSError:
            raise Refusal(f"Port {port} is taken by another program: type PORT={port + 1} python3 run.py") from None


def _prepare(environment: Mapping[str, str]) -> str:
    """Bring the tables up to date, seed the demo clinic on first start, and return the sign-ins to print."""
    command = [sys.executable, "-m", "tools.launcher.prepare"]
    done = subprocess.run(command, cwd=BASE, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Refusal("The database could not be prepared; the reason stands above.")
    return done.stdout


def _wait_for_answer(url: str, supervisor: Supervisor) -> None:
    """Wait until the web part answers; raise Refusal when it does not within a minute."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and not supervisor.ended():
        if _answers(url):
            return
        time.sleep(0.1)
    raise Refusal("The service did not start; the reason stands above.")


def _answers(url: str) -> bool:
    """Say whether the address answers; a proxy in the environment is not asked about this machine."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=2).close()
    except OSError:
        return False
    return True


def _say(text: str) -> None:
    print(text, flush=True)
