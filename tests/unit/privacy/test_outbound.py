"""Which addresses may be called: the open internet, and nothing that only looks like it."""

from ipaddress import ip_address

import pytest

from privacy.outbound import address_problem, may_be_called


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
        ),
    ],
)
def test_inner_addresses_are_not_called_in_whatever_dress(address: str) -> None:
    assert not may_be_called(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert may_be_called(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "https://", "https:///x", "example.org", "", "https://[::1"),
        *("https://user:pw@example.org/", "https://example.org/#part", "https://example.org:99999/"),
        *("https://example.org:0/", "https://exa mple.org/", "https://exämple.org/", "https://example.org/\n"),
        *("https://127.0.0.1/", "https://localhost/", "https://LOCALHOST./", "https://[::1]/", "https://10.1.2.3/"),
        *("https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://169.254.169.254/latest/"),
    ],
)
def test_an_address_is_refused_with_what_to_do(url: str) -> None:
    problem = address_problem(url, private=False)
    assert problem
    assert problem.endswith(".")


def test_an_installation_may_allow_its_own_network() -> None:
    for url in ("http://10.1.2.3:8080/hook", "https://localhost/hook"):
        assert address_problem(url, private=True) is None
    assert address_problem("https://hooks.example.org/a?b=c", private=False) is None
