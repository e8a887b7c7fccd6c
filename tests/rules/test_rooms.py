"""What import-linter cannot see: clocks, chance, signals, and the names the customer asked for."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.rules.project import BASE, DOORS, ROOMS, imported, python_files, tree, where

REQUIRED = ("followup", "surveys", "messaging", "config", "tests", "manage.py", "requirements.txt", "README.md")
COMMANDS = [
    *("read_replies", "talk", "simulate", "create_clinic", "create_staff", "create_token"),
    *("load_plan", "dump_plan", "load_survey", "dump_survey"),
]
IMPURE = {
    "asyncio",
    "os",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
PURE_PACKAGES = {"gsm0338", "numpy", "phonenumbers", "rapidfuzz", "text_to_num", "yaml"}
CLOCKS = {"now", "today", "utcnow", "localtime", "localdate"}
CLOCK_OWNERS = {"datetime", "date", "timezone", "dt"}
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def core_files() -> Iterator[Path]:
    """Files of every `core/`."""
    return (path for path in python_files(*ROOMS) if "core" in path.relative_to(BASE).parts)


def is_door(path: Path) -> bool:
    """Say whether the file is a door: it may look at the clock and hands the time on."""
    parts = path.relative_to(BASE).with_suffix("").parts
    return parts[0] == "config" or any(part in DOORS for part in parts[1:3])


def readings_of_the_clock(path: Path) -> Iterator[ast.Call]:
    """Calls such as `timezone.now()` and `datetime.now(UTC)`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            owner = node.func.value
            if isinstance(owner, ast.Name | ast.Attribute) and ast.unparse(owner).split(".")[-1] in CLOCK_OWNERS:
                yield node


def test_the_names_the_customer_asked_for_are_there() -> None:
    assert [name for name in REQUIRED if not (BASE / name).exists()] == []


def test_the_commands_people_script_against_are_there() -> None:
    there = {path.stem for path in python_files(*ROOMS) if path.parent.name == "commands"}
    assert sorted(set(COMMANDS) - there) == []


def test_core_imports_the_standard_library_other_cores_and_few_pure_packages() -> None:
    impure = [
        f"{where(path, node)} {module}"
        for path in core_files()
        for module, node in imported(path)
        if not _is_pure(module)
    ]
    assert impure == []


def _is_pure(module: str) -> bool:
    top, *below = module.split(".")
    if top in ROOMS:
        return top == "privacy" or below[:1] == ["core"]
    return top in PURE_PACKAGES or (top in sys.stdlib_module_names and top not in IMPURE)


def test_core_never_reads_the_clock() -> None:
    assert [where(path, call) for path in core_files() for call in readings_of_the_clock(path)] == []


def test_only_doors_read_the_clock() -> None:
    read = [
        where(path, call) for path in python_files(*ROOMS) for call in readings_of_the_clock(path) if not is_door(path)
    ]
    assert read == []


def test_there_are_no_django_signals() -> None:
    heard = [where(path, node) for path in python_files(*ROOMS) for module, node in imported(path) if module in SIGNALS]
    assert heard == []


def test_tasks_carry_ids_only() -> None:
    laden = [
        f"{where(path, node)} {argument.arg}"
        for path in python_files(*ROOMS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and any("shared_task" in ast.unparse(mark) for mark in node.decorator_list)
        for argument in node.args.args + node.args.kwonlyargs
        if not argument.arg.endswith(("_id", "_ids"))
    ]
    assert laden == []
