"""How PostgreSQL is started by root, which it refuses to run as."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.launcher.refusal import Refusal

HELP = "start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a program runs as: words put before its command, or ids of a user and a group to change to."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    @property
    def credentials(self) -> dict[str, Any]:
        """What subprocess needs to change to the user: without its groups, root's would still decide what it may."""
        return {} if self.user is None else {"user": self.user, "group": self.group, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to the user that will write it, and let that user pass through the folder around it."""
        if self.user is not None:
            shutil.chown(path, self.user)
            path.parent.chmod(path.parent.stat().st_mode | stat.S_IXOTH)


def unprivileged_identity(program: Path) -> Identity:
    """Return who `program` can run as without being root; raise Refusal when there is no way.

    An ordinary user stays who they are. Root goes into a user namespace of its own, where it is `nobody`: that needs
    no new user and opens no folder. Where namespaces are forbidden, the real `nobody` will do if it can read `program`.
    """
    if os.geteuid() != 0:
        return Identity()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refusal(f"PostgreSQL does not run as root and this system has no user nobody: {HELP}.") from None
    namespace = Identity(prefix=("unshare", "--user", f"--map-user={nobody.pw_uid}"))
    for identity in (namespace, Identity(user=nobody.pw_uid, group=nobody.pw_gid)):
        if _runs(identity, program):
            return identity
    raise Refusal(f"PostgreSQL does not run as root, and nobody cannot read {program.parent}: {HELP}.")


def _runs(identity: Identity, program: Path) -> bool:
    command = [*identity.prefix, str(program), "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False, **identity.credentials).returncode == 0
    except OSError:
        return False
