"""Pages by keyset: a cursor is the place of a row, so pages neither skip nor repeat when rows are added."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

PAGE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Between which rows a page begins: after (older than) or before (newer than) the row at this time and id."""

    at: datetime
    id: str
    newer: bool

    def cursor(self) -> str:
        """The place as it stands in an address."""
        text = json.dumps([self.at.isoformat(), self.id, self.newer])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """The place that `text` names; raises ValueError when no page of ours gave it."""
    try:
        at, key, newer = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        place = Place(datetime.fromisoformat(at), str(key), bool(newer))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if place.at.utcoffset() != timedelta(0):
        raise ValueError("not a cursor")
    return place


def rows_at(rows: QuerySet[Any], field: str, place: Place | None, count: int) -> list[Any]:
    """Up to `count` rows from `place` on, in the direction of reading: newest first, or oldest first for `newer`."""
    if place is None:
        return list(rows.order_by(f"-{field}", "-pk")[:count])
    side = "gt" if place.newer else "lt"
    beyond = Q(**{f"{field}__{side}": place.at}) | Q(**{field: place.at, f"pk__{side}": place.id})
    # The first condition says the same less exactly, in a form for which the index on (clinic, time, id) is used.
    found = rows.filter(Q(**{f"{field}__{side}e": place.at}) & beyond)
    order = [field, "pk"] if place.newer else [f"-{field}", "-pk"]
    return list(found.order_by(*order)[:count])


class KeysetPagination(BasePagination):
    """Newest first by (`view.page_field`, id): `?cursor=` from `next` and `previous`, `?page_size=` up to 200."""

    parameters = frozenset({"cursor", "page_size"})

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        field: str = getattr(view, "page_field", "created_at")
        size, place = self.asked(request, queryset.model)
        found = rows_at(queryset, field, place, size + 1)
        self.turn(request, found, field=field, place=place, size=size)
        return self.page

    def asked(self, request: Request, model: type[Model]) -> tuple[int, Place | None]:
        """The rows a page, and where the page begins; `model` is whose ids the cursor holds."""
        return _page_size(request), self._place(request, model)

    def turn(self, request: Request, found: Sequence[Any], *, field: str, place: Place | None, size: int) -> None:
        """Make the page and its neighbours out of up to `size` + 1 rows that were `found` from `place` on."""
        more, self.page = len(found) > size, list(found[:size])
        backward = place is not None and place.newer
        if backward:
            self.page.reverse()
        older, newer = (bool(self.page), more) if backward else (more, place is not None and bool(self.page))
        url = request.build_absolute_uri()
        self.next = _link(url, self.page[-1], field, newer=False) if older else None
        self.previous = _link(url, self.page[0], field, newer=True) if newer else None

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "Address of the page with older rows; null: this is the last"},
                "previous": link | {"description": "Address of the page with newer rows; null: there is none"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page begins, as given by `next` and `previous`",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"Rows a page, by default {PAGE}",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
            },
        ]

    def _place(self, request: Request, model: type[Model]) -> Place | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            place = read_cursor(text)
            model._meta.pk.to_python(place.id)
            if model._meta.pk.get_internal_type() == "UUIDField":
                UUID(place.id)
        except Exception as error:
            raise ValidationError({"cursor": "This is not a cursor: follow `next` and `previous`."}) from error
        return place


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST_PAGE):
        raise ValidationError({"page_size": f"Give a number from 1 to {LARGEST_PAGE}."})
    return int(text)


def _link(url: str, row: Any, field: str, *, newer: bool) -> str:
    place = Place(getattr(row, field), str(row.pk), newer)
    return replace_query_param(remove_query_param(url, "cursor"), "cursor", place.cursor())
