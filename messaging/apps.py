"""Django's registration of the room."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Outbox, inbox, gateways, receipts, opt-outs."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
