"""Django's registration of the room."""

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    """Clinics, staff, audit."""

    name = "clinics"
    default_auto_field = "django.db.models.BigAutoField"
