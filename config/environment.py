"""Every setting, read from the environment in one place and refused with a sentence when it is wrong."""

import base64
import hashlib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ImproperlyConfigured

from messaging.core.senders import FASTEST, PACES, pace_of
from privacy.outbound import address_problem

PROVIDER = "https://api.twilio.com"
KEY_BYTES = 32
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
DEVELOPMENT = {
    "SECRET_KEY": "only-for-development-and-tests-never-beside-a-live-gateway",
    "FIELD_KEYS": "development:" + base64.b64encode(b"only for development, 32 bytes..").decode(),
    "DATABASE_URL": "postgres://followup@127.0.0.1:5432/followup",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}
"""What stands in for settings that are missing, as long as nothing real is texted and only this machine is served."""

NO_RABBITMQ = ", for RabbitMQ is not supported: the rate limits need Redis, and nudges need nothing better"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment asks for, checked; `field_keys` maps a key's id to its 32 bytes, newest first."""

    gateway: str
    secret_key: str = field(repr=False)
    field_keys: dict[str, bytes] = field(repr=False)
    hash_key: bytes = field(repr=False)
    database: dict[str, Any] = field(repr=False)
    redis_url: str = field(repr=False)
    public_base_url: str
    allowed_hosts: list[str]
    trusted_proxies: list[Network]
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_auth_token_secondary: str = field(repr=False)
    twilio_messaging_service_sid: str
    twilio_from_number: str
    twilio_api_base_url: str
    sender_rate: float
    stop_confirmed_by: str
    sweep_seconds: float
    log_format: str
    sentry_dsn: str
    metrics_token: str = field(repr=False)
    email: dict[str, Any] = field(repr=False)
    email_from: str
    alert_emails: list[str]
    alert_webhook_url: str = field(repr=False)
    allow_private_webhooks: bool


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return the checked settings; raise ImproperlyConfigured with one line for each thing that is wrong."""
    reader = _Reader(variables)
    settings = _read(reader)
    if reader.problems:
        raise ImproperlyConfigured("\n".join(reader.problems))
    return Environment(**settings)


class _Reader:
    """Takes settings out of a mapping and collects every problem, so that all are named at once."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.problems: list[str] = []
        self.live = self.text("GATEWAY") == "twilio" or not _is_loopback(self.text("PUBLIC_BASE_URL"))

    def text(self, name: str, default: str = "") -> str:
        """Return the trimmed value; an empty one counts as not set."""
        return self.variables.get(name, "").strip() or default

    def needed(self, name: str, parse: Callable[[str], Value], remedy: str) -> Value | None:
        """Return the parsed value of a setting that only development may leave out."""
        if self.live and not self.text(name):
            self.problems.append(f"{name} is missing: {remedy}.")
            return None
        return self.parsed(name, parse, DEVELOPMENT.get(name, ""), remedy)

    def parsed(self, name: str, parse: Callable[[str], Value], default: str, remedy: str) -> Value | None:
        """Return `parse(value)`; a ValueError from it becomes a problem that names the setting and the remedy."""
        try:
            return parse(self.text(name, default))
        except (ValueError, ImproperlyConfigured):
            self.problems.append(f"{name} cannot be used: {remedy}.")
            return None

    def require(self, holds: bool, problem: str) -> None:
        """Record `problem` unless it holds."""
        if not holds:
            self.problems.append(problem)


def _read(reader: _Reader) -> dict[str, Any]:
    """Read every setting; the result has holes exactly when `reader.problems` is not empty."""
    gateway = reader.text("GATEWAY", "simulated")
    reader.require(gateway in ("simulated", "twilio"), "GATEWAY cannot be used: set it to simulated or to twilio.")
    public_base_url = reader.parsed(
        "PUBLIC_BASE_URL", _base_url, "http://127.0.0.1:8000", "write it as https://followup.example.org, no path"
    )
    if gateway == "twilio":
        _require_twilio(reader)
    public = {
        "gateway": gateway,
        "public_base_url": public_base_url,
        "allowed_hosts": _allowed_hosts(reader, public_base_url or ""),
    }
    return public | _read_keys(reader) | _read_services(reader) | _read_twilio(reader) | _read_alerts(reader)


def _read_keys(reader: _Reader) -> dict[str, Any]:
    """Read what protects sessions and personal data."""
    field_keys = reader.needed(
        "FIELD_KEYS", _field_keys, "list keyid:base64-of-32-random-bytes, newest first, separated by commas"
    )
    hash_key = None
    if reader.text("HASH_KEY"):
        hash_key = reader.parsed("HASH_KEY", _key, "", "set the base64 form of 32 random bytes and never change them")
    elif field_keys:
        hash_key = _derived_hash_key(field_keys)
    return {
        "secret_key": reader.needed("SECRET_KEY", _secret, "set 50 or more random characters and keep them secret"),
        "field_keys": field_keys,
        "hash_key": hash_key,
    }


def _read_services(reader: _Reader) -> dict[str, Any]:
    """Read where the other parts are and how this one behaves."""
    is_amqp = urlsplit(reader.text("REDIS_URL")).scheme in ("amqp", "amqps")
    redis_remedy = "write it as redis://:password@host:6379/0" + (NO_RABBITMQ if is_amqp else "")
    log_format = reader.text("LOG_FORMAT", "console")
    reader.require(log_format in ("console", "json"), "LOG_FORMAT cannot be used: set it to console or to json.")
    return {
        "database": reader.needed("DATABASE_URL", _database, "write it as postgres://user:password@host:5432/name"),
        "redis_url": reader.needed("REDIS_URL", _redis_url, redis_remedy),
        "trusted_proxies": reader.parsed(
            "TRUSTED_PROXIES", _networks, "", "list addresses or networks such as 10.0.0.5,10.1.0.0/16"
        ),
        "sweep_seconds": reader.parsed("SWEEP_SECONDS", _sweep_seconds, "5", "give seconds from 0.1 to 300"),
        "log_format": log_format,
        "sentry_dsn": reader.text("SENTRY_DSN"),
        "metrics_token": reader.text("METRICS_TOKEN"),
    }


def _read_twilio(reader: _Reader) -> dict[str, Any]:
    """Read the default Twilio account and sender."""
    return {
        "twilio_account_sid": reader.text("TWILIO_ACCOUNT_SID"),
        "twilio_auth_token": reader.text("TWILIO_AUTH_TOKEN"),
        "twilio_auth_token_secondary": reader.text("TWILIO_AUTH_TOKEN_SECONDARY"),
        "twilio_messaging_service_sid": reader.text("TWILIO_MESSAGING_SERVICE_SID"),
        "twilio_from_number": reader.text("TWILIO_FROM_NUMBER"),
        "twilio_api_base_url": reader.parsed(
            "TWILIO_API_BASE_URL", _base_url, PROVIDER, "write it as https://api.twilio.com, no path"
        ),
        "sender_rate": reader.parsed(
            "SENDER_RATE", pace_of, "off", f"give segments a second, at most {FASTEST:.0f}, or {', '.join(PACES)}"
        ),
        "stop_confirmed_by": _stop_confirmed_by(reader),
    }


def _read_alerts(reader: _Reader) -> dict[str, Any]:
    """Read who is told when the service needs a person, and how."""
    private = reader.parsed("ALLOW_PRIVATE_WEBHOOKS", _yes_or_no, "no", "set it to yes or to no")
    url = reader.text("ALERT_WEBHOOK_URL")
    problem = address_problem(url, private=bool(private)) if url else None
    reader.require(problem is None, f"ALERT_WEBHOOK_URL cannot be used: {problem}")
    emails = reader.parsed("ALERT_EMAILS", _emails, "", "list addresses such as ops@example.org,on-call@example.org")
    server = reader.text("EMAIL_URL")
    reader.require(bool(server) or not emails, "EMAIL_URL is missing: ALERT_EMAILS needs a mail server.")
    return {
        "email": reader.parsed("EMAIL_URL", _email, "", "write it as smtp+tls://user:password@host:587"),
        "email_from": reader.parsed("EMAIL_FROM", _one_email, "followup@localhost", "give one e-mail address"),
        "alert_emails": emails,
        "alert_webhook_url": url,
        "allow_private_webhooks": private,
    }


def _stop_confirmed_by(reader: _Reader) -> str:
    who = reader.text("STOP_CONFIRMED_BY", "us")
    reader.require(who in ("us", "provider"), "STOP_CONFIRMED_BY cannot be used: set it to us or to provider.")
    return who


def _require_twilio(reader: _Reader) -> None:
    """With a live gateway the account and a sender must be there."""
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        reader.require(bool(reader.text(name)), f"{name} is missing: copy it from the Twilio console.")
    reader.require(
        bool(reader.text("TWILIO_MESSAGING_SERVICE_SID") or reader.text("TWILIO_FROM_NUMBER")),
        "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM_NUMBER is missing: texts need a sender.",
    )


def _allowed_hosts(reader: _Reader, public_base_url: str) -> list[str]:
    """Return the hosts we answer to: those listed, the public one, and this machine for health checks."""
    listed = [host.strip() for host in reader.text("ALLOWED_HOSTS").split(",") if host.strip()]
    reader.require("*" not in listed or not reader.live, "ALLOWED_HOSTS cannot be *: list the names people type.")
    public = urlsplit(public_base_url).hostname
    return sorted({*listed, *([public] if public else []), "127.0.0.1", "localhost", "[::1]"})


def _is_loopback(url: str) -> bool:
    return not url or urlsplit(url).hostname in LOOPBACK_HOSTS


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(text)
    if parts.port == 0:
        raise ValueError(text)
    return text.rstrip("/")


def _secret(text: str) -> str:
    if len(text) < KEY_BYTES:
        raise ValueError("too short")
    return text


def _key(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError("wrong length")
    return raw


def _field_keys(text: str) -> dict[str, bytes]:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    keys = dict(_field_key(entry) for entry in entries)
    if not keys or len(keys) != len(entries) or not all(key_id.isalnum() for key_id in keys):
        raise ValueError("ids must be there, once each, letters and digits")
    return keys


def _field_key(entry: str) -> tuple[str, bytes]:
    """Read `id:base64`; a key written without an id is named after its own digest."""
    key_id, colon, encoded = entry.partition(":")
    key = _key(encoded if colon else entry)
    return (key_id if colon else hashlib.sha256(key).hexdigest()[:8]), key


def _derived_hash_key(field_keys: Mapping[str, bytes]) -> bytes:
    """The key of the blind indexes where none is set: from the oldest field key, because that one stays the same
    when a newer key is put before it."""
    oldest = list(field_keys.values())[-1]
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"followup blind index").derive(oldest)


def _database(text: str) -> dict[str, Any]:
    database = environ.Env.db_url_config(text)
    if database.get("ENGINE") != "django.db.backends.postgresql" or not database.get("NAME"):
        raise ValueError("only PostgreSQL")
    return dict(database)


def _redis_url(text: str) -> str:
    if urlsplit(text).scheme not in ("redis", "rediss", "unix") or urlsplit(text).port == 0:
        raise ValueError("scheme")
    return text


def _networks(text: str) -> list[Network]:
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(text)
    return text.lower() == "yes"


def _emails(text: str) -> list[str]:
    return [_one_email(part.strip()) for part in text.split(",") if part.strip()]


def _one_email(text: str) -> str:
    name, _, host = text.partition("@")
    if not name or not host or not text.isascii() or not text.isprintable() or set(text) & set(" ,;<>") or "@" in host:
        raise ValueError(text)
    return text


def _email(text: str) -> dict[str, Any]:
    """What Django calls a mail server; no text is no server."""
    if not text:
        return {}
    server = environ.Env.email_url_config(text)
    if server.get("EMAIL_BACKEND") != "django.core.mail.backends.smtp.EmailBackend" or not server.get("EMAIL_HOST"):
        raise ValueError("only SMTP")
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    return {name: server[name] for name in names if server.get(name) is not None}


def _sweep_seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 300:
        raise ValueError("out of range")
    return seconds
