"""Sizes, docstrings and marks: what a stranger meets when reading line by line."""

import ast
import re
from collections.abc import Iterator

from tests.rules.project import BASE, files, python_files, tree, where

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
DEEPEST_NESTING = 3
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
# Letters in brackets, so that the patterns do not find themselves.
UNFINISHED = re.compile(r"T[O]DO|F[I]XME|\bX[X]X\b|\bH[A]CK\b|N[o]tImplementedError")
SKIPPED_TEST = re.compile(r"pytest\.(mark\.)?(s[k]ip|x[f]ail)")
SILENCED = re.compile(r"#\s*(?:n[o]qa|type:\s*i[g]nore)\b(?P<rest>[^\n]*)")
WITH_REASON = re.compile(r"^(?:: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*|\[[a-z, -]+\])  # \S")


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its place."""
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, FUNCTIONS):
                yield where(path, node), node


def depth(node: ast.AST, above: int = 0) -> int:
    """How deep blocks lie in each other below `node`; an elif lies no deeper than its if."""
    deepest = above
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child, above + (isinstance(child, NESTING) and not is_elif)))
    return deepest


def test_no_file_is_longer_than_one_thing_needs() -> None:
    long = {where(path): len(path.read_text().splitlines()) for path in python_files(tests=False)}
    assert {place: lines for place, lines in long.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {place: node.end_lineno - node.lineno + 1 for place, node in functions() if node.end_lineno}
    assert {place: lines for place, lines in long.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_block_lies_deeper_than_three() -> None:
    assert {place: depth(node) for place, node in functions() if depth(node) > DEEPEST_NESTING} == {}


def test_every_module_opens_with_a_line_that_says_what_it_is_for() -> None:
    silent = [where(path) for path in python_files() if path.read_text().strip() and not ast.get_docstring(tree(path))]
    assert silent == []


def test_nothing_is_marked_as_unfinished_or_left_out() -> None:
    marked = [
        f"{where(path)}:{number}"
        for path in files()
        if path.suffix in {".py", ".html", ".js", ".css", ".yaml", ".toml"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line) or SKIPPED_TEST.search(line)
    ]
    assert marked == []


def test_whatever_is_silenced_has_its_reason_beside_it() -> None:
    bare = [
        f"{where(path)}:{number}"
        for path in python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (mark := SILENCED.search(line)) and not WITH_REASON.match(mark["rest"])
    ]
    assert bare == []


def test_the_package_markers_of_the_rooms_are_there() -> None:
    for path in python_files("config", "watch", "followup", "surveys", "messaging", "clinics", "privacy", "tools"):
        for folder in path.relative_to(BASE).parents:
            assert folder.name == "" or (BASE / folder / "__init__.py").exists(), folder
