"""The shipped surveys: banks of items in `items/`, surveys made of them in `surveys/`, put together here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

FORMAT = 1
NOTICES = ("copyright", "source", "licence")


class NoSuchSurvey(LookupError):
    """The library has no survey of that key."""


def shipped() -> tuple[str, ...]:
    """The keys of every shipped survey."""
    return tuple(sorted(_folder("surveys")))


def switched_off() -> Mapping[str, str]:
    """Surveys that a clinic must turn on itself, with the reason."""
    return {key: written["switched_off"] for key, written in _folder("surveys").items() if "switched_off" in written}


def document(key: str) -> dict[str, Any]:
    """A shipped survey as one whole document.

    Raises:
        NoSuchSurvey: there is none of that key.
    """
    if key not in _folder("surveys"):
        raise NoSuchSurvey(key)
    written = _folder("surveys")[key]
    names = [question["item"] for question in written["questions"]]
    whole = {field: value for field, value in written.items() if field != "switched_off"}
    whole["questions"] = [_question(question, written["languages"]) for question in written["questions"]]
    whole["scores"] = [{"key": name, **_named(name, "scores")} for name in written.get("scores", ())]
    return {"format": FORMAT, **whole, **_notices(names)}


def _question(written: Mapping[str, Any], languages: list[str]) -> dict[str, Any]:
    """An item of the bank with what the survey adds to it: branches, and the stem before a first item."""
    key = written["item"]
    bank, item = _bank_of(key, "items"), _named(key, "items")
    stem = bank.get("stem", {}) if written.get("with_stem") else {}
    ends = bank.get("suffix", {})
    prompt = {
        language: f"{stem.get(language, '')}{item['prompt'][language]}{ends.get(language, '')}"
        for language in languages
    }
    own = {field: value for field, value in written.items() if field not in {"item", "with_stem"}}
    options = item.get("options", bank.get("options"))
    page = _page(item, bank, languages)
    offered = {"options": [_spoken(option, languages) for option in options]} if options else {}
    return {"key": key, **item, "prompt": prompt, **page, **offered, **own}


def _page(item: Mapping[str, Any], bank: Mapping[str, Any], languages: list[str]) -> dict[str, Any]:
    """What the web form shows: the item's own wording for it, or the stem above the item, its options left out."""
    if "page" in item:
        return {"page": {language: item["page"][language] for language in languages}}
    if "suffix" not in bank:
        return {}
    stems = bank.get("stem", {})
    return {
        "page": {
            language: "\n".join(filter(None, [stems.get(language, "").strip(), item["prompt"][language]]))
            for language in languages
        }
    }


def _spoken(option: Mapping[str, Any], languages: list[str]) -> dict[str, Any]:
    """An option in the survey's languages only."""
    texts = {field: option[field] for field in ("label", "synonyms") if field in option}
    return {
        "code": option["code"],
        **{field: {each: by_language[each] for each in languages} for field, by_language in texts.items()},
    }


def _notices(names: Iterable[str]) -> dict[str, str]:
    """Copyright, source and licence of every bank that the survey draws from, each once."""
    banks = [_bank_of(name, "items") for name in names]
    notices = {}
    for field in NOTICES:
        texts = dict.fromkeys(bank[field] for bank in banks if field in bank)
        if texts:
            notices[field] = "; ".join(texts)
    return notices


def _named(name: str, kind: str) -> dict[str, Any]:
    entry: dict[str, Any] = _bank_of(name, kind)[kind][name]
    return entry


def _bank_of(name: str, kind: str) -> Mapping[str, Any]:
    return next(bank for bank in _folder("items").values() if name in bank.get(kind, {}))


@cache
def _folder(name: str) -> Mapping[str, dict[str, Any]]:
    """Every file of a folder by its name without the ending."""
    entries = files(__name__).joinpath(name).iterdir()
    return {
        entry.name.removesuffix(".yaml"): yaml.safe_load(entry.read_text("utf-8"))
        for entry in entries
        if entry.name.endswith(".yaml")
    }
