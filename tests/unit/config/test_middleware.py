"""Forwarded headers count only when a proxy of ours sent them."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from config.environment import read_environment
from config.middleware import is_direct_from_us, request_id, trusted_proxies

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 10.0.0.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example.org",
    "Forwarded": "for=203.0.113.9",
}


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = read_environment({"TRUSTED_PROXIES": "10.0.0.0/24"}).trusted_proxies


def passed_on(remote: str, **headers: str) -> HttpRequest:
    """Return the request as the next layer sees it."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    trusted_proxies(view)(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))
    return seen[0]


def test_a_stranger_cannot_claim_tls_or_another_address() -> None:
    request = passed_on("198.51.100.4", **FORWARDED)
    assert not request.is_secure()
    assert request.META["REMOTE_ADDR"] == "198.51.100.4"
    assert not [name for name in request.META if "FORWARDED" in name and name.startswith("HTTP_")]


def test_a_trusted_proxy_tells_the_scheme_and_the_client() -> None:
    request = passed_on("10.0.0.5", **FORWARDED)
    assert request.is_secure()
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"


def test_an_address_that_the_client_put_first_itself_is_not_believed() -> None:
    request = passed_on("10.0.0.5", **{"X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.0.0.7"})
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"


def test_what_came_through_a_proxy_on_this_machine_is_not_from_us() -> None:
    assert is_direct_from_us(passed_on("127.0.0.1"))
    assert is_direct_from_us(passed_on("10.0.0.5"))
    assert not is_direct_from_us(passed_on("127.0.0.1", **FORWARDED))
    assert not is_direct_from_us(passed_on("198.51.100.4"))


@pytest.mark.parametrize(("given", "kept"), [("abcdef-123456", True), ("x", False), ("line\nbreak-123456", False)])
def test_a_harmless_request_id_is_kept_and_another_replaced(given: str, kept: bool) -> None:
    request = RequestFactory().get("/", headers={"X-Request-Id": given})
    answered = request_id(lambda _: HttpResponse())(request)["X-Request-Id"]
    assert (answered == given) is kept
    assert len(answered) >= 8
