"""The project's own files, as the rules look at them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
ROOMS = ("config", "watch", "followup", "surveys", "messaging", "clinics", "privacy")
DOORS = ("tasks", "api", "web", "fhir", "webhooks", "admin", "management")
SKIPPED = {
    ".git",
    ".venv",
    "var",
    "__pycache__",
    "htmlcov",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
}
TEXT = {".py", ".md", ".html", ".txt", ".toml", ".yaml", ".yml", ".json", ".jsonl", ".css", ".js", ".svg", ".csv", ""}


@cache
def files() -> tuple[Path, ...]:
    """Every text file of the project that git does not ignore."""
    found: list[Path] = []
    for folder, names, leaves in os.walk(BASE):
        names[:] = sorted(set(names) - SKIPPED)
        found += [Path(folder, leaf) for leaf in sorted(set(leaves) - SKIPPED) if _is_text(leaf)]
    return tuple(found)


def _is_text(name: str) -> bool:
    return Path(name).suffix in TEXT and not name.startswith(".coverage")


def python_files(*folders: str, tests: bool = True) -> Iterator[Path]:
    """Python files below `folders`, or everywhere; generated migrations are not ours to judge."""
    for path in files():
        parts = path.relative_to(BASE).parts
        if path.suffix != ".py" or "migrations" in parts or (not tests and parts[0] == "tests"):
            continue
        if not folders or parts[0] in folders:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def where(path: Path, node: ast.AST | None = None) -> str:
    """Name a place as an editor does."""
    line = f":{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else ""
    return f"{path.relative_to(BASE)}{line}"


def imported(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Each module that the file imports, wherever in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node
