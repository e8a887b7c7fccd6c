"""Finds a Chromium for the browser tests, or gets one."""

import os
import shutil
import subprocess
import sys

from tools.launcher.system_packages import install_system_package

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LINE_TO_TYPE = "sudo apt-get install chromium"
DOWNLOAD_SECONDS = 180


def find_chromium() -> str:
    """Return the path of a Chromium on this machine, or nothing; CHROMIUM names one that is not on the PATH."""
    return shutil.which(os.environ.get("CHROMIUM", "")) or _on_path() or _playwrights_own()


def ensure_chromium() -> str:
    """Return the path of a Chromium, installing one where we may; when there is none, say what to type."""
    found = find_chromium() or (install_system_package("chromium") and _on_path()) or _download()
    if not found:
        print(
            f"There is no Chromium, so the browser tests will fail: type {LINE_TO_TYPE}, or set CHROMIUM to its path."
        )
    return found


def _on_path() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def _playwrights_own() -> str:
    """Return the browser that Playwright downloaded earlier, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else ""


def _download() -> str:
    """Let Playwright download its browser, which needs no root but a way to its server."""
    print("Downloading a Chromium with Playwright ...", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, capture_output=True, timeout=DOWNLOAD_SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return ""
    return _playwrights_own()
