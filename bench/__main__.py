"""`python3 run.py bench`: run every benchmark, print one table, write bench/results.json.

Names of modules as arguments run only those: `python3 run.py bench messaging`. A module offers `rows()`.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import django

from bench.measure import Row

FOLDER = Path(__file__).parent
NOT_BENCHMARKS = {"__main__", "asked", "child", "crowd", "load", "measure", "opener", "served", "turns_bare"}


def modules(wanted: list[str]) -> list[str]:
    """The benchmark modules beside this file, or those asked for."""
    found = sorted(info.name for info in pkgutil.iter_modules([str(FOLDER)]) if info.name not in NOT_BENCHMARKS)
    unknown = set(wanted) - set(found)
    if unknown:
        sys.exit(f"No benchmark named {', '.join(sorted(unknown))}; there are {', '.join(found)}.")
    return wanted or found


def lines(results: list[Row]) -> Iterator[str]:
    """The table, one line a row."""
    width = max(len(row.name) for row in results)
    for row in results:
        verdict = {True: "met", False: "MISSED", None: ""}[row.met]
        yield f"{row.name:<{width}}  {row.value:>12} {row.unit:<22} {row.goal:<14} {verdict:<7} {row.spread}"


def measured(name: str) -> list[Row]:
    """The rows of one module, with its time; one that breaks is a row that says so, and the others go on."""
    begun = time.monotonic()
    try:
        found = list(importlib.import_module(f"bench.{name}").rows())
    except Exception as error:
        traceback.print_exc()
        found = [Row(f"{name} broke: {type(error).__name__}", 0, "", "no error", met=False)]
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return found


def main() -> None:
    """Run what was asked for and report."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    results: list[Row] = []
    try:
        for name in modules(sys.argv[1:]):
            results += measured(name)
    finally:
        teardown_databases(databases, verbosity=0)
    print("\n".join(lines(results)))
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.platform()}
    report = {"machine": machine, "rows": [row.as_json() for row in results]}
    (FOLDER / "results.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
