"""System packages: installed where we may, otherwise named with the line to type."""

import os
import shutil
import subprocess


def may_install() -> bool:
    """Say whether this is a Debian-like system and we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_system_package(name: str) -> bool:
    """Install the Debian package `name` if we may; return whether that worked."""
    if not may_install():
        return False
    print(f"Installing the system package {name} with apt-get ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", name]
    subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=False)
    return subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
