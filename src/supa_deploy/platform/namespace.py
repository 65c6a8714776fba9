"""Private namespaces: are we in some, can they be had, and the command line that enters them.

`python -m supa_deploy.platform.namespace -- COMMAND…` becomes COMMAND inside them; where the machine does not
allow that it says so and becomes COMMAND all the same.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from supa_deploy.shadow import launch
from supa_deploy.shadow.launch import HOSTS, MARK

_UBUNTU = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def inside() -> bool:
    """True when this process is already in private namespaces made here."""
    try:
        with HOSTS.open(encoding="utf-8") as hosts:
            return hosts.readline().strip() == MARK
    except (OSError, UnicodeDecodeError):
        return False


def command(program: Sequence[str]) -> list[str]:
    """The command line that runs `program` inside private namespaces."""
    return [sys.executable, "-E", "-S", launch.__file__, "--private", "--", *program]


def why_not() -> str | None:
    """None when private namespaces can be had on this machine, else the reason in one phrase."""
    if sys.platform != "linux":
        return "private namespaces exist on Linux only"
    tried = subprocess.run(
        command(["/bin/sh", "-c", ":"]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if tried.returncode == 0:
        return None
    said = tried.stderr.strip().splitlines()
    hint = f"; `sudo sysctl kernel.{_UBUNTU.name}=0` allows them" if _UBUNTU.exists() else ""
    return f"this machine does not allow private namespaces ({said[-1] if said else tried.returncode}{hint})"


def become(program: Sequence[str]) -> NoReturn:
    """Replaces this process by `program` inside private namespaces; it inherits everything else."""
    line = command(program)
    os.execv(line[0], line)  # noqa: S606 - becoming the command, without a shell, is the point


def main(arguments: Sequence[str]) -> int:
    """`-- COMMAND…`: becomes the command; returns an exit code only for a wrong command line."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        sys.stderr.write("usage: python -m supa_deploy.platform.namespace -- COMMAND…\n")
        return 2
    refused = None if inside() else why_not()
    if refused is None and not inside():
        become(arguments[1:])
    if refused is not None:
        sys.stderr.write(f"{refused}; going on without\n")
    os.execvp(arguments[1], list(arguments[1:]))  # noqa: S606 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
