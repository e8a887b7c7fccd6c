"""Settings are read in one place, and wrong ones are refused by name."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import read_environment

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
LIVE = {
    "GATEWAY": "twilio",
    "PUBLIC_BASE_URL": "https://followup.example.org",
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": f"k2:{KEY},k1:{OTHER_KEY}",
    "DATABASE_URL": "postgres://u:p%40ss@db.example.org:5433/clinic?sslmode=require",
    "REDIS_URL": "rediss://:pw@redis.example.org:6379/0",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM_NUMBER": "+16185550100",
}


def problems(**changes: str) -> list[str]:
    """Return the lines with which the live settings, changed so, are refused."""
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment(LIVE | changes)
    return str(refused.value).splitlines()


def test_an_empty_environment_is_a_demo_on_this_machine() -> None:
    environment = read_environment({})
    assert environment.gateway == "simulated"
    assert environment.public_base_url == "http://127.0.0.1:8000"
    assert environment.sweep_seconds == 5
    assert environment.log_format == "console"


def test_live_settings_are_taken_as_given() -> None:
    environment = read_environment(LIVE)
    assert list(environment.field_keys.items()) == [("k2", bytes(range(32))), ("k1", bytes(range(1, 33)))]
    assert environment.database["PASSWORD"] == "p@ss"
    assert environment.database["OPTIONS"] == {"sslmode": "require"}
    assert "followup.example.org" in environment.allowed_hosts
    assert environment.twilio_api_base_url == "https://api.twilio.com"


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"])
@pytest.mark.parametrize("why", [{"GATEWAY": "twilio"}, {"GATEWAY": "simulated"}])
def test_a_missing_secret_is_refused_beside_a_live_gateway_or_a_public_address(name: str, why: dict[str, str]) -> None:
    (problem,) = problems(**why, **{name: ""})
    assert problem.startswith(f"{name} is missing: ")


def test_a_live_gateway_needs_its_account_and_a_sender() -> None:
    lines = problems(TWILIO_ACCOUNT_SID="", TWILIO_AUTH_TOKEN=" ", TWILIO_FROM_NUMBER="")
    assert [line.split(" is missing")[0] for line in lines] == [
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM_NUMBER",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY", "carrier-pigeon"),
        ("PUBLIC_BASE_URL", "followup.example.org"),
        ("PUBLIC_BASE_URL", "https://followup.example.org/app"),
        ("PUBLIC_BASE_URL", "https://followup.example.org:99999"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("DATABASE_URL", "postgres://u:p@host"),
        ("REDIS_URL", "http://redis"),
        ("SECRET_KEY", "short"),
        ("FIELD_KEYS", "k1=" + KEY),
        ("FIELD_KEYS", f"k1:{KEY},k1:{OTHER_KEY}"),
        ("FIELD_KEYS", "k1:dG9vIHNob3J0"),
        ("HASH_KEY", "not base64!"),
        ("TRUSTED_PROXIES", "proxy.example.org"),
        ("SWEEP_SECONDS", "soon"),
        ("SWEEP_SECONDS", "0"),
        ("SWEEP_SECONDS", "nan"),
        ("LOG_FORMAT", "xml"),
        ("ALLOWED_HOSTS", "*"),
        ("TWILIO_API_BASE_URL", "ftp://example.org"),
        ("ALERT_EMAILS", "ops"),
        ("ALERT_EMAILS", "ops@example.org, two words@example.org"),
        ("EMAIL_URL", "consolemail://"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_FROM", "Ops <ops@example.org>"),
        ("ALERT_WEBHOOK_URL", "http://hooks.example.org/"),
        ("ALERT_WEBHOOK_URL", "https://10.0.0.1/hook"),
        ("ALLOW_PRIVATE_WEBHOOKS", "perhaps"),
    ],
)
def test_a_wrong_value_is_refused_by_a_sentence_that_names_its_setting(name: str, value: str) -> None:
    assert any(line.startswith(f"{name} cannot be") and line.endswith(".") for line in problems(**{name: value}))


def test_rabbitmq_is_refused_by_its_name() -> None:
    (problem,) = problems(REDIS_URL="amqp://guest:hunter2@rabbit:5672/")
    assert "RabbitMQ is not supported" in problem
    assert "hunter2" not in problem


def test_all_problems_are_named_at_once() -> None:
    assert len(problems(LOG_FORMAT="xml", SWEEP_SECONDS="soon", SECRET_KEY="")) == 3


def test_no_problem_repeats_the_value_of_a_secret() -> None:
    assert "hunter2" not in "".join(problems(SECRET_KEY="hunter2", FIELD_KEYS="k1:hunter2", DATABASE_URL="x://hunter2"))


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    printed = repr(read_environment(LIVE | {"TWILIO_AUTH_TOKEN": "do-not-print"}))
    assert "do-not-print" not in printed
    assert "p@ss" not in printed
    assert "s" * 50 not in printed


def test_a_key_without_an_id_is_named_after_itself_and_the_look_up_key_follows_the_oldest() -> None:
    one = read_environment(LIVE | {"FIELD_KEYS": KEY})
    two = read_environment(LIVE | {"FIELD_KEYS": f"k9:{OTHER_KEY},{KEY}"})
    assert list(one.field_keys.values()) == [bytes(range(32))]
    assert next(iter(one.field_keys)) in two.field_keys
    assert one.hash_key == two.hash_key
    assert one.hash_key != bytes(range(32))


def test_proxies_are_addresses_or_networks() -> None:
    networks = read_environment({"TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16,::1"}).trusted_proxies
    assert [str(network) for network in networks] == ["10.0.0.5/32", "10.1.0.0/16", "::1/128"]


def test_alerts_by_mail_need_a_mail_server() -> None:
    assert problems(ALERT_EMAILS="ops@example.org") == ["EMAIL_URL is missing: ALERT_EMAILS needs a mail server."]
    url = "smtp+tls://ops%40example.org:p%40ss@mail.example.org:587"
    environment = read_environment(LIVE | {"ALERT_EMAILS": "a@example.org, b@example.org", "EMAIL_URL": url})
    assert environment.alert_emails == ["a@example.org", "b@example.org"]
    assert environment.email["EMAIL_HOST_PASSWORD"] == "p@ss"
    assert environment.email["EMAIL_USE_TLS"]


def test_an_inner_address_for_webhooks_needs_to_be_allowed() -> None:
    inner = {"ALERT_WEBHOOK_URL": "http://10.0.0.1:9000/hook", "ALLOW_PRIVATE_WEBHOOKS": "yes"}
    assert read_environment(LIVE | inner).alert_webhook_url == "http://10.0.0.1:9000/hook"
