"""What this room needs to know of a clinic and of staff, whose tables belong to another room."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from privacy.sensitive import Sensitive


class ClinicFacts(Protocol):
    """A clinic as the rules and texts of this room see it."""

    @property
    def id(self) -> UUID: ...
    @property
    def short_name(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def send_window(self) -> Any: ...


class Addressee(Protocol):
    """Somebody who is texted, as a row of the table or as a batch statement gives it."""

    @property
    def id(self) -> UUID: ...
    @property
    def phone(self) -> Sensitive: ...
    @property
    def phone_hash(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def notice_at(self) -> datetime | None: ...


class StaffFacts(Protocol):
    """A member of staff who claims and signs."""

    @property
    def id(self) -> UUID: ...
    @property
    def clinic_id(self) -> UUID: ...
