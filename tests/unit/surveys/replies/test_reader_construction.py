"""How the reader is built: every pattern and regular expression is linear, and no language hides in the code."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from surveys.core import replies
from surveys.core.replies import phrases as phrases_module
from surveys.core.replies.lexicon import LEXICON, _read_language
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import PhraseSet
from surveys.core.replies.tokens import Token


class Counted(tuple[Token, ...]):
    """Tokens that count how often one is looked at."""

    looks = 0

    def __getitem__(self, place: Any) -> Any:
        Counted.looks += 1
        return super().__getitem__(place)


PATTERN_LISTS = sorted(
    {
        name
        for name, line in phrases_module.iter_sources()
        if re.search(r"~\d|\^|\$|\?|@", line) and not name.startswith("request_intents")
    }
)


@pytest.mark.parametrize("name", PATTERN_LISTS)
def test_looking_for_a_pattern_costs_no_more_than_the_text_grows(name: str) -> None:
    """Each pattern against its own beginnings repeated, at one, two and four times the length."""
    for line in LEXICON.lines(name):
        near_miss = tokenise(clean(_plain(line).rpartition(" ")[0] or _plain(line)))
        looks = [_looks(PhraseSet([(line, name)]), near_miss, size) for size in (24, 48, 96)]
        assert looks[2] - looks[1] <= 2.2 * (looks[1] - looks[0]) + 40, line


def _plain(line: str) -> str:
    """A text that a pattern nearly matches: each element's first word, gaps left empty."""
    words = []
    for part in line.split():
        word = part.rstrip("?").split("|")[0]
        words.append(sorted(LEXICON.words(word[1:]))[0] if word.startswith("@") else word)
    return " ".join(word for word in words if not re.fullmatch(r"[\^$]+|~\d.*|<n>", word))


def _looks(patterns: PhraseSet, piece: tuple[Token, ...], size: int) -> int:
    tokens = Counted((piece * size)[:size])
    Counted.looks = 0
    patterns.all(tokens)
    return Counted.looks


def test_no_regular_expression_of_the_reader_can_run_away() -> None:
    """None repeats without bound something that is itself repeated without bound."""
    patterns = [value for module in _modules() for value in vars(module).values() if isinstance(value, re.Pattern)]
    assert len(patterns) > 5
    for pattern in patterns:
        assert not _nested(_parsed(pattern), inside=False), pattern.pattern


def _parsed(pattern: re.Pattern[str]) -> Any:
    parser = importlib.import_module("re._parser")
    return parser.parse(pattern.pattern, pattern.flags)


def _nested(tree: Any, *, inside: bool) -> bool:
    """Whether a repeat stands in a repeat that no separator parts, as in `(a+)+`; `(,a+)*` is parted by its comma."""
    for operation, argument in tree:
        unbounded = str(operation) in {"MAX_REPEAT", "MIN_REPEAT"} and str(argument[1]) == "MAXREPEAT"
        if unbounded and inside:
            return True
        parts = _parts(argument)
        parted = unbounded and all(str(part[0][0]) in {"LITERAL", "IN"} for part in parts if len(part) > 1)
        if any(_nested(part, inside=inside or (unbounded and not parted)) for part in parts):
            return True
    return False


def _parts(argument: Any) -> list[Any]:
    """The patterns inside the argument of one operation."""
    if isinstance(argument, list | tuple):
        return [part for each in argument for part in _parts(each)]
    return [argument] if type(argument).__name__ == "SubPattern" else []


def _modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(replies.__path__, f"{replies.__name__}.")]
    return [importlib.import_module(name) for name in names if ".safety" not in name and ".learnt" not in name]


_NAMES_OF_LISTS = set(LEXICON.names(""))
_OWN_TERMS = frozenset(
    """answer reprompt correction skip help scale number text time date word symbol emoji label code place free
    other poison denied unsure figures decimal words counting letters clock now past usual future part span day
    affirm deny neither mild conditional undo back noon midnight ordinal weekday disagree times percent steps
    hour minute pill beats pound kilo
    """.split()  # noqa: SIM905  # easier to read than seventy quoted words
)
"""Names of kinds, types, roles and labels that happen to be words."""


def test_the_reader_holds_no_words_of_a_language_in_its_code() -> None:
    """A new language is a folder of lists: no set, list, tuple or comparison in the code holds a word of one."""
    found = []
    for module in _modules():
        if module.__name__.rpartition(".")[2] in {"cases", "reading", "pauses"}:
            continue
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            found += [f"{module.__name__}: {word}" for word in _literals(node) if _is_language(word)]
    assert found == []


def _literals(node: ast.AST) -> list[str]:
    parts: list[ast.expr] = []
    if isinstance(node, ast.Set | ast.List | ast.Tuple):
        parts = list(node.elts)
    elif isinstance(node, ast.Compare):
        parts = [node.left, *node.comparators]
    return [each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _is_language(word: str) -> bool:
    """Single letters and endings are notation, not language."""
    known = word in LEXICON.known_words and len(word) > 2
    return known and word not in _NAMES_OF_LISTS | _OWN_TERMS


def test_no_memory_of_the_reader_grows_with_what_patients_write() -> None:
    """A cache without a limit is keyed by names of lists or languages only."""
    unlimited = {
        name
        for module in _modules()
        for name, value in vars(module).items()
        if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is None
        if inspect.signature(value).parameters
    }
    assert unlimited <= {"phrases", "_number_words"}


def test_two_lists_of_one_name_in_a_language_are_refused(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.yaml").write_text("lone_words: |\n  one\n", "utf-8")
    with pytest.raises(ValueError, match="lone_words"):
        _read_language(tmp_path)
