"""Settings, URL map, Celery app, timetable and start-up checks: the outermost room."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
