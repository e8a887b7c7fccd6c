"""A worker to be killed: sends what is due, over and over, until it is."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from messaging.operations import dispatch

    print("ready", flush=True)  # noqa: T201  # the test waits for it
    while True:
        dispatch(now_fn=timezone.now)
