"""Start-up checks on what only the whole can know."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connection
from django.utils.module_loading import autodiscover_modules, import_string

from clinics.models import Clinic
from config.celery import app as celery_app
from config.environment import LOOPBACK_HOSTS, PROVIDER
from messaging.core.senders import PACES


@register()
def listener_exists(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Texts that arrive must reach the clinical side: MESSAGING_LISTENER has to name a function."""
    try:
        import_string(settings.MESSAGING_LISTENER)
    except ImportError as error:
        return [checks.Error(f"MESSAGING_LISTENER cannot be imported: {error}", id="followup.E001")]
    return []


@register()
def timetable_names_tasks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A line of the timetable without a task would be silence that nobody notices."""
    autodiscover_modules("tasks")
    missing = sorted({entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - set(celery_app.tasks))
    return [
        checks.Error(f"The timetable names a task that does not exist: {name}", id="followup.E002") for name in missing
    ]


@register(Tags.database)
def demo_is_not_beside_a_live_gateway(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The demo's sign-ins are printed for everybody to see, so no real text may leave from beside them."""
    if settings.GATEWAY == "simulated" or not databases:
        return []
    if Clinic._meta.db_table not in connection.introspection.table_names():
        return []
    if not Clinic.objects.filter(is_demo=True).exists():
        return []
    remedy = "Give the live service a DATABASE_URL of its own."
    return [checks.Error("This database holds the demo clinic, and GATEWAY is live.", hint=remedy, id="followup.E003")]


@register()
def public_pages_use_tls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Patients and staff outside this machine must not be asked to send health data in clear."""
    outside = not any(f"//{host}" in settings.PUBLIC_BASE_URL for host in LOOPBACK_HOSTS)
    if outside and settings.PUBLIC_BASE_URL.startswith("http://"):
        return [
            checks.Warning(
                "PUBLIC_BASE_URL is not https.", hint="Put a TLS proxy before the service.", id="followup.W001"
            )
        ]
    return []


@register()
def senders_have_a_pace(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Beside the real provider a burst beyond what the number was granted is filtered, and the number may be lost."""
    real = settings.GATEWAY == "twilio" and settings.TWILIO_API_BASE_URL == PROVIDER
    if not real or settings.SENDER_RATE or settings.TWILIO_MESSAGING_SERVICE_SID:
        return []
    remedy = f"Set it to what your number was granted: segments a second, or one of {', '.join(PACES)}."
    return [checks.Warning("SENDER_RATE is off.", hint=remedy, id="followup.W002")]
