"""Bodies: JSON in UTF-8, whose texts can all be stored; answers: JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and halves of surrogate pairs, which UTF-8 cannot write."""


class StrictJSONParser(BaseParser):
    """Reads `application/json`; refuses what is not JSON, nests too deep, or holds a character nothing can store."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            data = json.loads(stream.read().decode("utf-8"), parse_constant=_refuse_constant)
            places = sorted(set(_unstorable(data, "")))
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except json.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error.msg} at character {error.pos}.") from error
        except (ValueError, RecursionError) as error:
            raise ParseError(
                "The body is not JSON that can be read: a number is too long or it nests too deep."
            ) from error
        if places:
            raise ValidationError(dict.fromkeys(places, "Leave out NUL and half surrogates: they cannot be stored."))
        return data


def _refuse_constant(name: str) -> None:
    raise ParseError(f"The body is not JSON: {name} is not a number of JSON.")


def _unstorable(data: Any, place: str) -> Iterator[str]:
    """Yield where in `data` such a character stands, as dotted paths; a key that holds one counts at its parent."""
    if isinstance(data, str) and UNSTORABLE.search(data):
        yield place or "body"
    elif isinstance(data, dict):
        for key, value in data.items():
            if UNSTORABLE.search(key):
                yield place or "body"
            else:
                yield from _unstorable(value, f"{place}.{key}".lstrip("."))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _unstorable(value, f"{place}.{index}".lstrip("."))


class OnlyJSON(BaseContentNegotiation):
    """Answers are JSON, whatever the Accept header prefers: RFC 9110 allows it and no client is left without."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
