"""The worklist and a patient page in a clinic with 100,000 patients and 1,000,000 answers: time and queries.

`BENCH_PATIENTS=1000000` asks the same of ten times as many; filling that takes a quarter of an hour.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import crowd
from bench.measure import Row, percentile
from bench.served import web
from clinics.models import Clinic
from followup.models import PlanStep
from surveys.models import SurveyVersion
from tests.factories import make_clinic, make_plan, make_staff

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
STEPS = 5
REQUESTS = 30
GOAL_MS = 40
CLINICIANS, PAUSE_SECONDS, TOGETHER_SECONDS = 20, 2, 12
GOAL_TOGETHER_MS = 250


def rows() -> Iterator[Row]:
    """Both pages in a small and in a crowded clinic of one database."""
    small, crowded = _clinic("small", 100), _clinic("crowded", PATIENTS)
    paths = {
        "worklist": ("/", "/"),
        "patient page": (_patient(small, 100), _patient(crowded, PATIENTS)),
    }
    for name, (path, crowded_path) in paths.items():
        few = _queries(small, path)
        milliseconds, many = _time(crowded, crowded_path)
        yield Row(
            f"{name}, {PATIENTS:,} patients",
            round(statistics.median(milliseconds), 1),
            "ms median",
            f"<= {GOAL_MS}",
            statistics.median(milliseconds) <= GOAL_MS,
            f"{min(milliseconds):.0f}-{max(milliseconds):.0f}",
        )
        yield Row(f"{name}, queries (small clinic: {few})", many, "queries", f"= {few}", many == few)
    yield from _together(crowded, [crowded_path for _, crowded_path in paths.values()])
    memory = _web_process_megabytes()
    yield Row("web process with every page loaded", round(memory, 1), "MB resident", "<= 180", memory <= 180)


def _together(clinic: Clinic, paths: list[str]) -> Iterator[Row]:
    """Clinicians at once, each of whom opens the worklist or a patient every PAUSE_SECONDS."""
    cookie = f"sessionid={_signed_in(clinic).cookies['sessionid'].value}"
    asked = [{"method": "GET", "path": path, "headers": {"Cookie": cookie}} for path in paths]
    with web() as server:
        server.load(asked, rate=2, seconds=3)
        took = server.load(asked, rate=CLINICIANS / PAUSE_SECONDS, seconds=TOGETHER_SECONDS)
    p99 = percentile(took, 0.99)
    name = f"both pages, {CLINICIANS} clinicians, each a page every {PAUSE_SECONDS} s: p99"
    middle = f"median {statistics.median(took):.0f} ms"
    yield Row(name, round(p99, 1), "ms", f"<= {GOAL_TOGETHER_MS}", p99 <= GOAL_TOGETHER_MS, middle)


def _clinic(key: str, patients: int) -> Clinic:
    clinic = make_clinic(key)
    steps = [
        {"key": f"step-{n}", "survey": "pulse", "offset": f"PT{n}H", "closes_after": "PT20H"} for n in range(STEPS)
    ]
    plan = make_plan(clinic, *steps)
    version = SurveyVersion.objects.get(survey__clinic=clinic, survey__key="pulse", status="published")
    make_staff(clinic)
    crowd.fill(clinic, list(PlanStep.objects.filter(plan=plan)), version, patients=patients, now=datetime.now(UTC))
    return clinic


def _patient(clinic: Clinic, patients: int) -> str:
    return f"/patients/{crowd.middle_patient(clinic, patients)}/"


def _signed_in(clinic: Clinic) -> Client:
    client = Client()
    client.force_login(clinic.staff.get(), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def _queries(clinic: Clinic, path: str) -> int:
    client = _signed_in(clinic)
    _get(client, path)
    with CaptureQueriesContext(connection) as queries:
        _get(client, path)
    return len(queries)


def _time(clinic: Clinic, path: str) -> tuple[list[float], int]:
    client = _signed_in(clinic)
    taken = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        _get(client, path)
        taken.append((time.perf_counter() - start) * 1000)
    return taken[3:], _queries(clinic, path)


def _get(client: Client, path: str) -> None:
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")


def _web_process_megabytes() -> float:
    """Resident memory of a fresh process that has loaded the whole URL map, as a web process has."""
    code = (
        "import os, config.wsgi; from bench.served import resident_megabytes; from django.urls import get_resolver;"
        "get_resolver().url_patterns; print(resident_megabytes(os.getpid()))"
    )
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
