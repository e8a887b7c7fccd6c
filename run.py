#!/usr/bin/env python3
"""Runs, tests, checks and measures Followup. It needs nothing but Python; `python3 run.py help` lists the commands."""

import sys

# This file must be read by old Pythons too, so that they can say what is needed.
if sys.version_info < (3, 11):
    sys.exit(
        "Followup needs Python 3.11 or newer and this is Python %d.%d: "
        "install a newer one and type for example python3.11 run.py" % sys.version_info[:2]
    )

from tools.launcher.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
