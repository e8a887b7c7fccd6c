"""Surveys at the command line: as files, and as a conversation without a database."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from clinics.models import Clinic
from surveys import library
from surveys.models import SurveyVersion
from tests.factories.clinics import make_clinic

BASE = Path(__file__).resolve().parents[3]


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic(surveys=False)


def load(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_survey", *arguments, stdout=out)
    return out.getvalue()


def test_a_dumped_survey_loads_again_as_the_next_version(clinic: Clinic, tmp_path: Path) -> None:
    assert load("pulse") == "pulse version 1 is published.\n"
    out = io.StringIO()
    call_command("dump_survey", "pulse", stdout=out)
    file = tmp_path / "pulse.yaml"
    file.write_text(out.getvalue(), "utf-8")
    assert load(str(file)) == "pulse version 2 is published.\n"
    assert len(set(SurveyVersion.objects.values_list("digest", flat=True))) == 1


def test_a_draft_stays_a_draft(clinic: Clinic) -> None:
    assert load("pulse", "--draft") == "pulse version 1 is draft.\n"
    with pytest.raises(CommandError, match="no live survey"):
        call_command("dump_survey", "pulse")


def test_a_bad_file_is_refused_with_every_problem_and_nothing_is_stored(clinic: Clinic, tmp_path: Path) -> None:
    document = library.document("pulse")
    document["questions"][0] = document["questions"][0] | {"otherwise": "pain_avg24", "max": 0}
    file = tmp_path / "pulse.yaml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    with pytest.raises(CommandError) as refusal:
        load(str(file))
    assert "questions[0].otherwise" in str(refusal.value)
    assert "questions[0].max" in str(refusal.value)
    assert not SurveyVersion.objects.exists()


def test_a_file_that_is_not_there_is_named(clinic: Clinic) -> None:
    with pytest.raises(CommandError, match=r"lost\.yaml cannot be read"):
        load("lost.yaml")


@pytest.mark.processes
def test_talk_holds_a_conversation_without_a_database() -> None:
    talk = subprocess.run(
        [sys.executable, "manage.py", "talk", "pulse", "--lang", "es"],
        input="como un 4\n7\n",
        capture_output=True,
        text=True,
        cwd=BASE,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
    )
    assert talk.returncode == 0, talk.stderr
    assert "- pain_avg24: 4" in talk.stdout
    assert "Guardamos sus respuestas" in talk.stdout
    assert "- over: completed" in talk.stdout
