"""What lies around the code: locks, settings, addresses, numbers."""

import os
import re
from typing import Any

import pytest

from config import environment
from tests.rules.project import BASE, files, where

LOCKS = ("requirements.txt", "requirements-dev.txt", "tools/launcher/requirements-uv.txt")
PINNED = re.compile(r"^[A-Za-z0-9._-]+==\S+(?: ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
E164 = re.compile(r"(?<![\w+.])\+\d{8,15}\b")
NOBODYS = re.compile(r"\+1\d{3}55501\d{0,2}\b|\+1555\d{7}\b|\+\d+12345678\b")  # fiction, no area, counting up
PLACES = re.compile(r"(?<![\w.:/-])/(?:home|root|work|Users|tmp/(?!s$))\w*/")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bSK[0-9a-f]{32}\b|\bghp_\w{30}|\bAKIA[0-9A-Z]{16}\b")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_names_no_index(lock: str) -> None:
    lines = (BASE / lock).read_text().splitlines()
    strange = [line for line in lines if not (PINNED.match(line) or HASH.match(line) or line.lstrip().startswith("#"))]
    assert strange == []
    assert sum(1 for line in lines if PINNED.match(line)) > 0


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def example() -> dict[str, str]:
    """The settings of .env.example."""
    lines = (BASE / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))


def test_every_setting_is_shown_in_the_example_and_none_besides() -> None:
    asked = Asked()
    environment.read_environment(asked)
    assert asked.names == set(example()) - {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}


def test_the_example_settings_start_a_demo() -> None:
    assert environment.read_environment(example()).gateway == "simulated"


def test_the_image_holds_every_room() -> None:
    dockerfile = (BASE / "Dockerfile").read_text()
    for room in ("config", "privacy", "clinics", "surveys", "messaging", "followup", "watch"):
        assert f"COPY {room} ./{room}\n" in dockerfile


def test_no_file_holds_a_number_that_could_be_somebodys() -> None:
    found = [f"{where(path)} {number}" for path in files() for number in E164.findall(path.read_text(encoding="utf-8"))]
    assert [line for line in found if not NOBODYS.search(line)] == []


def test_no_file_names_a_place_on_one_machine_or_holds_a_key() -> None:
    named = [where(path) for path in files() if PLACES.search(path.read_text(encoding="utf-8"))]
    keys = [where(path) for path in files() if PRIVATE_KEY.search(path.read_text(encoding="utf-8"))]
    assert (named, keys) == ([], [])


def test_what_must_pass_before_a_change_lands_is_every_check_and_every_test() -> None:
    script = BASE / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-2:] == ["python3 run.py check", "python3 run.py test"]
