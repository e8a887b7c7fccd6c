"""Text about a person that hides itself whenever it is printed, logged or formatted."""

from __future__ import annotations

HIDDEN = "[hidden]"


class Sensitive:
    """Wraps personal text; only an explicit `reveal()` gives it back.

    Equality and hashing use the text, so that values can be compared without revealing them.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | Sensitive) -> None:
        self._text: str = text.reveal() if isinstance(text, Sensitive) else text

    def reveal(self) -> str:
        """The text itself. Call it at the edge only: a page, a provider request, a reader."""
        return self._text

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return "Sensitive([hidden])"

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Sensitive", self._text))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("Sensitive text is not pickled: pass the id of the row that holds it.")
