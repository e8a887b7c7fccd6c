"""Opens what is due in a process of its own, as the other child of a worker does: `python -m bench.opener`."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from followup.operations.open_due import open_due
    from tests.factories import NOW

    while open_due(now=NOW, limit=500):
        pass
