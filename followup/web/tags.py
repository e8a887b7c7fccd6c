"""What templates say in their own words: sealed text opened, times with their zone, statuses as people say them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clinics.core.roles import Permission, allows
from followup.core.words import reason_words, rule_words
from followup.web import words
from privacy.phones import masked
from privacy.redaction import without_tokens
from privacy.sensitive import Sensitive

register = template.Library()
register.filter("rule_words", rule_words)
register.filter("reason_words", reason_words)
register.filter("status_words", words.status)
register.filter("needs_words", words.needs)
register.filter("duty_words", words.duty)
register.filter("period_words", words.period)
register.filter("offset_words", words.offset)
register.filter("masked", masked)
register.filter("without_tokens", without_tokens)


@register.filter
def reveal(value: Sensitive | None) -> str:
    """Open sealed text on the page of somebody who may read it; the template escapes it."""
    return value.reveal() if value else ""


DIALLED = re.compile(r"\b(911|988)\b")


@register.filter
def dialled(text: str, desk: str = "") -> SafeString:
    """A wording with the emergency numbers and the desk's number as links that dial; all else is escaped."""
    parts: list[str] = []
    for part in re.split(f"({re.escape(desk)})" if desk else "(?!)", text):
        if part == desk and desk:
            parts.append(format_html('<a href="tel:{}">{}</a>', re.sub(r"[^+\d]", "", desk), desk))
        else:
            parts.append(DIALLED.sub(r'<a href="tel:\1">\1</a>', escape(part)))
    return mark_safe("".join(parts))  # noqa: S308  # every part was escaped above


@register.filter
def with_links(text: str) -> SafeString:
    """A text as a phone shows it: links to our own forms can be opened; all else is escaped."""
    link = re.compile(rf"({re.escape(settings.PUBLIC_BASE_URL)}/f/[\w-]+/)")
    parts = [
        format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', part, part)
        if link.fullmatch(part)
        else escape(part)
        for part in link.split(text)
    ]
    return mark_safe("".join(parts))  # noqa: S308  # every part was escaped above


@register.filter
def when(moment: datetime | None, zone: str = "") -> str:
    """Day and time with the zone's name, in the clinic's zone or in `zone`: Tue 24 Nov 2026, 09:30 CST."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


@register.filter
def clock(moment: datetime | None, zone: str = "") -> str:
    """The time of day, in the clinic's zone or in `zone`."""
    if moment is None:
        return ""
    return f"{moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment):%H:%M}"


@register.filter
def day(moment: datetime | None, zone: str = "") -> str:
    """The day, in the clinic's zone or in `zone`: Tue 24 Nov 2026."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b %Y}"


@register.filter
def short(moment: datetime | None) -> str:
    """Day and time as short as a list allows: the time alone for today, without the year for this year."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localtime()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """Whether the reader has a permission, so that nobody is shown a door that is closed."""
    return allows(context["request"].user.role, Permission(permission))


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """The entry of a dictionary."""
    return mapping.get(key)
