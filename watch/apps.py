"""Django's registration of the room."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Alerts and the notices that tell of them."""

    name = "watch"
    default_auto_field = "django.db.models.BigAutoField"
