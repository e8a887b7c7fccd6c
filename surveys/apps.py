"""Django's registration of the room."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Survey documents, the conversation engine, the reply reader, scoring."""

    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"
