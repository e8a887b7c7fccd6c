"""`python3 run.py`: the whole service, in a folder with a space and a letter that is not ASCII."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.launcher.service import Service, copy_project, manage, nothing_is_left_of, run_py, start
from tools.launcher.embedded import Postgres, free_port
from tools.launcher.services import DEMO_DATABASE, own_secrets

pytestmark = pytest.mark.processes

COUNT_CLINICS = "from clinics.models import Clinic; print(Clinic.objects.filter(key='kept').count())"
GATEWAY = "from django.conf import settings; print(settings.GATEWAY)"
ADD_CLINIC = (
    "from clinics.models import Clinic; from django.utils import timezone;"
    "Clinic.objects.create(key='kept', name='Kept', time_zone='UTC', created_at=timezone.now())"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that holds a clinic already, so that no start fills the demo."""
    copy = copy_project(tmp_path_factory.mktemp("somebody's place") / "Followup für Ana")
    log = copy / "var" / "log" / "postgres.log"
    log.parent.mkdir(parents=True)
    postgres = Postgres(copy / "var" / "postgres", own_secrets(copy / "var")["POSTGRES_PASSWORD"], log)
    postgres.start()
    postgres.ensure_database(DEMO_DATABASE)
    address = postgres.url(DEMO_DATABASE)
    manage(copy, "migrate", "-v", "0", DATABASE_URL=address)
    manage(copy, "shell", "-v", "0", "-c", ADD_CLINIC, DATABASE_URL=address)
    postgres.stop()
    return copy


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    """The service, running; the test ends it."""
    running = start(folder)
    yield running
    running.discard()


def test_a_stopped_service_starts_again_with_its_data(service: Service) -> None:
    assert "First start" not in service.said
    assert service.status("/livez") == 200
    assert service.status("/accounts/login/") == 200
    assert service.becomes_ready()
    assert service.manage("shell", "-v", "0", "-c", COUNT_CLINICS).strip() == "1"
    os.kill(service.process.pid, signal.SIGINT)
    assert service.end() == 0
    assert service.said.rstrip().endswith("Stopped; the data are kept.")
    assert nothing_is_left_of(service.folder)


def test_a_live_gateway_never_meets_the_demo(folder: Path) -> None:
    account = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM_NUMBER": "+16185550100"}
    service = start(folder, GATEWAY="twilio", TWILIO_API_BASE_URL=f"http://127.0.0.1:{free_port()}", **account)
    assert "demo" not in service.said.lower()
    assert service.manage("shell", "-v", "0", "-c", COUNT_CLINICS).strip() == "0"
    assert service.manage("shell", "-v", "0", "-c", GATEWAY).strip() == "twilio"
    assert service.stop() == 0


def test_a_second_copy_in_one_folder_and_a_taken_port_are_refused(service: Service, tmp_path: Path) -> None:
    second = run_py(service.folder)
    assert second.returncode == 1
    holder = f"process {service.process.pid}, http://127.0.0.1:{service.port}/"
    assert f"already runs in this folder ({holder})" in second.stderr
    elsewhere = run_py(service.folder, PORT=str(service.port), FOLLOWUP_VAR=str(tmp_path))
    assert elsewhere.returncode == 1
    assert elsewhere.stderr.strip().startswith(f"Port {service.port} is taken by another program: type PORT=")
    assert service.stop() == 0


@pytest.mark.parametrize("part", ["gunicorn", " worker ", " beat ", "postgres"])
def test_the_death_of_one_part_ends_all_parts(service: Service, part: str) -> None:
    os.kill(service.part(part), signal.SIGKILL)
    assert service.end() == 1
    assert "ended by itself (exit code -9), so everything is stopped" in service.said
    assert nothing_is_left_of(service.folder)


def test_the_death_of_run_py_itself_leaves_nothing_running_and_loses_nothing(service: Service) -> None:
    service.process.kill()
    service.end()
    again = start(service.folder)
    assert again.manage("shell", "-v", "0", "-c", COUNT_CLINICS).strip() == "1"
    assert again.stop() == 0
    assert nothing_is_left_of(service.folder)
