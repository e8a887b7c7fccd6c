"""Who has shown who they are: a signed cookie for one link, and the headers of pages that nobody else may keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from followup.core.form import STAY
from followup.models import FormLink

COOKIE: Final = "form"
SALT: Final = "followup.web.form"
A_PAGE_LASTS: Final = timedelta(hours=24)
"""A page that was left open can still be sent for so long: what was filled in must not be lost. Looking takes STAY."""
POLICY: Final = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
"""No script at all, and nothing from anybody else."""
NAMELESS_PATH: Final = "/f/[token]/"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive, nosnippet",
}

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Let no one keep, index, frame or pass on the page.

    Django's own CSRF check is left out: without a referrer browsers send `Origin: null`, which it refuses. Its place is
    taken by the address itself, which a forger does not know, and by a cookie that no other site can have sent.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        request.path = NAMELESS_PATH  # what Django writes into its log when it answers with an error
        response = view(request, token)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    no_scripts: Callable[[Any], Any] = csp(POLICY)
    return csrf_exempt(cast("View", no_scripts(guarded)))


def has_proof(request: HttpRequest, link: FormLink) -> bool:
    """Whether this browser has shown who it is for this link: lately for looking, within a day for sending a page."""
    lasts = A_PAGE_LASTS if request.method == "POST" else STAY
    try:
        return bool(request.get_signed_cookie(COOKIE, salt=SALT, max_age=lasts) == str(link.id))
    except (KeyError, BadSignature, SignatureExpired):
        return False


def give_proof(path: str, response: HttpResponse, link: FormLink) -> None:
    """Let this browser on for STAY from now; the cookie goes nowhere but to this link's own address."""
    response.set_signed_cookie(
        COOKIE,
        str(link.id),
        salt=SALT,
        max_age=int(A_PAGE_LASTS.total_seconds()),
        path=path,
        secure=settings.SERVED_OVER_TLS,
        httponly=True,
        samesite="Strict",
    )
