"""Starts one program of the throwaway platform under its conditions, then becomes it (standard library only).

`python launch.py [--die-with SIGNAL] [--as-user | --uid UID] -- PROGRAM…`

--die-with: the kernel sends SIGNAL when the starter dies, however it dies (Linux; elsewhere a no-op).
--as-user:  PostgreSQL refuses to run as root. A user namespace in which we are uid 1000 satisfies it and
            leaves every file where it is, with no change of owner.
--uid:      for a real root on a machine without user namespaces: gives up root for that uid.
"""

import argparse
import ctypes
import os
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_INSIDE_UID = 1000


def unshare(flags: int) -> None:
    """unshare(2); raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"unshare: {os.strerror(code)}")


def become(inside_uid: int, uid: int, gid: int) -> None:
    """Maps the one outer identity to `inside_uid` in the user namespace just made (user_namespaces(7))."""
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{inside_uid} {uid} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{inside_uid} {gid} 1", "ascii")


def main() -> None:
    """Reads the command line and replaces this process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--die-with", type=int)
    parser.add_argument("--as-user", action="store_true")
    parser.add_argument("--uid", type=int)
    parser.add_argument("program", nargs="+")
    told = parser.parse_args()
    if told.as_user:
        uid, gid = os.geteuid(), os.getegid()
        unshare(_CLONE_NEWUSER)
        become(_INSIDE_UID, uid, gid)
    elif told.uid is not None:
        os.setgroups([])
        os.setgid(told.uid)
        os.setuid(told.uid)
    if told.die_with and sys.platform == "linux":
        # After the change of identity: the kernel forgets the setting then.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, told.die_with, 0, 0, 0)
    os.execv(told.program[0], told.program)  # noqa: S606 - becoming the program, without a shell, is the point


if __name__ == "__main__":
    main()
