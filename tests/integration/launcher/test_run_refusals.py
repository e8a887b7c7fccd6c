"""What cannot work is refused with one sentence that says what to do, and without a traceback."""

import ast
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.launcher.service import copy_project, run_py
from tools.launcher import packages
from tools.launcher.embedded import free_port
from tools.launcher.folders import BASE

pytestmark = pytest.mark.processes


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what a refused command said, once it is known to be no traceback."""
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr.strip()


def test_an_old_python_is_told_which_one_is_needed() -> None:
    ast.parse((BASE / "run.py").read_text(), feature_version=(3, 6))
    pretend = "import sys; sys.version_info = (3, 8, 1); exec(open('run.py').read())"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=BASE, capture_output=True, text=True)
    assert sentence(done).startswith("Followup needs Python 3.11 or newer and this is Python 3.8: ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PORT": "eighty"}, "PORT cannot be eighty: give a number from 1 to 65535, for example PORT=8001."),
        ({"GATEWAY": "pigeon"}, "GATEWAY cannot be used: set it to simulated or to twilio."),
        ({"GATEWAY": "twilio", "TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN is missing: "),
        ({"PUBLIC_BASE_URL": "https://followup.example.org"}, "SECRET_KEY is missing: "),
        ({"DATABASE_URL": "mysql://u:p@h/d"}, "DATABASE_URL cannot be used: "),
        ({"FOLLOWUP_VAR": "/proc/followup"}, "The folder /proc/followup cannot be written"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_starts(changes: dict[str, str], said: str, tmp_path: Path) -> None:
    done = run_py(BASE, **({"FOLLOWUP_VAR": str(tmp_path)} | changes))
    assert said in sentence(done)
    assert not (tmp_path / "postgres").exists()


def test_a_taken_port_is_refused_with_the_line_to_type(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_py(BASE, PORT=str(port), FOLLOWUP_VAR=str(tmp_path))
    assert sentence(done) == f"Port {port} is taken by another program: type PORT={port + 1} python3 run.py"


def test_a_database_of_ones_own_that_does_not_answer_is_named(tmp_path: Path) -> None:
    address = f"postgres://followup:s3cret@127.0.0.1:{free_port()}/followup"
    done = run_py(BASE, DATABASE_URL=address, FOLLOWUP_VAR=str(tmp_path), PORT=str(free_port()))
    assert "DATABASE_URL" in sentence(done)
    assert "s3cret" not in done.stdout + done.stderr


def test_an_unknown_command_lists_those_there_are() -> None:
    done = run_py(BASE, "serf")
    assert done.returncode == 2
    assert "python3 run.py test" in done.stderr


def test_a_half_made_environment_is_made_again_and_a_registry_out_of_reach_is_named(tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "copy é")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").touch()
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    done = run_py(folder, "setup", FOLLOWUP_VENV="", PIP_INDEX_URL=nowhere, PIP_CONFIG_FILE="/dev/null")
    assert ".venv was left half made: making it again" in done.stdout
    assert sentence(done).startswith("The package registry could not be reached: check the network, or set PIP_INDEX")


def test_a_python_without_venv_is_told_the_package_to_install() -> None:
    output = "The virtual environment was not created successfully because ensurepip is not available."
    made = subprocess.CompletedProcess([], 1, stdout=output, stderr="")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"type sudo apt-get install python{version}-venv" in packages._why_no_environment(made, Path(".venv"))


def test_an_environment_that_was_moved_or_never_finished_is_not_sound(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    assert not packages._is_sound(tmp_path)
    packages._mark(tmp_path, packages.RUNTIME)
    assert packages._is_ready(tmp_path, packages.RUNTIME)
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert not packages._is_sound(moved)
