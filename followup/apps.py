"""Django's registration of the room."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """Patients, care sessions, plans, follow-ups, answers, signals, review."""

    name = "followup"
    default_auto_field = "django.db.models.BigAutoField"
