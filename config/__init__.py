"""Settings, URL map, Celery app, timetable and start-up checks: the outermost room."""

import os

# The safety screen multiplies matrices of a few rows: threads of its own would only take the cores of other processes.
# It counts only before numpy is loaded, so it stands before every other import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.celery import app as celery_app

__all__ = ["celery_app"]
