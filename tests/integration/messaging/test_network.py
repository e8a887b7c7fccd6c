"""The way to the provider: TLS, certificates of one's own, a proxy."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from clinics.models import Clinic
from messaging import gateways
from messaging.core.lifecycle import Outbound
from messaging.models import OutboundMessage
from messaging.operations import dispatch
from tests.integration.messaging.conftest import Clock
from tests.integration.messaging.texts import queue
from tests.standin import StandIn
from tests.standin.server import ACCOUNT, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only its own file vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "stand-in.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def secure(certificate: Path, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in behind TLS."""
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with StandIn(clock=clock, tls=tls) as standin:
        settings.GATEWAY, settings.TWILIO_API_BASE_URL = "twilio", standin.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_FROM_NUMBER = "+15550001000"
        gateways.forget()
        yield standin
    gateways.forget()


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy that opens tunnels; its address and what it was asked for."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, asked), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked


def _serve(server: socket.socket, asked: list[str]) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        request = client.recv(4096).decode()
        asked.append(request.split("\r\n", 1)[0])
        host, _, port = request.split(" ")[1].partition(":")
        upstream = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for source, target in ((client, upstream), (upstream, client)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()


def test_a_bundle_of_ones_own_is_trusted(
    secure: StandIn, clinic: Clinic, clock: Clock, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    queue(clinic)
    dispatch(now_fn=clock)
    assert len(secure.books.taken()) == 1


def test_a_certificate_nobody_vouches_for_gets_no_text_and_costs_none(
    secure: StandIn, clinic: Clinic, clock: Clock
) -> None:
    row = queue(clinic)
    dispatch(now_fn=clock)
    row.refresh_from_db()
    assert (row.status, row.reason) == (Outbound.QUEUED, "retry_unreachable")


def test_the_proxy_of_the_environment_is_used(
    secure: StandIn, clinic: Clinic, clock: Clock, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with proxy() as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        queue(clinic)
        dispatch(now_fn=clock)
        gateways.forget()
    assert [request.split(" ")[:2] for request in asked] == [["CONNECT", secure.url.removeprefix("https://")]]
    assert len(secure.books.taken()) == 1


def test_a_dead_proxy_means_that_nothing_left(
    secure: StandIn, clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    row = queue(clinic)
    dispatch(now_fn=clock)
    assert OutboundMessage.objects.get(pk=row.pk).reason == "retry_unreachable"


def test_no_proxy_is_honoured(
    secure: StandIn, clinic: Clinic, clock: Clock, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    queue(clinic)
    dispatch(now_fn=clock)
    assert len(secure.books.taken()) == 1
