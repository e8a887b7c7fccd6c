"""Django's registration of the outermost room, which brings the start-up checks."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """No tables; its checks look at what only the whole can know."""

    name = "config"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401  # importing registers them
