"""The short chaos run: whatever is killed, each text goes out once and each reply counts once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.launcher.service import clean_environment
from tools.launcher.folders import BASE

SECONDS = 220


@pytest.mark.processes
@pytest.mark.timeout(SECONDS + 20)
def test_kills_and_restarts_lose_and_double_nothing(tmp_path: Path) -> None:
    environment = clean_environment(FOLLOWUP_VAR=str(tmp_path))
    command = [sys.executable, "-m", "tests.chaos", "--short"]
    done = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
