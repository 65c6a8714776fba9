"""Becomes another program under conditions of ours. Standard library only: it is also run as a bare file.

`python launch.py [--private] [--die-with SIGNAL] [--as-user | --uid UID] -- PROGRAM…`

--private:  first into network and mount namespaces of its own: the network has nothing but the loopback (so
            port 5432 is free), `/etc/hosts` is a copy that may be written, the rest is as it was. A real root
            needs no user namespace for that; anyone else becomes uid 0 of a user namespace of one user.
--die-with: the kernel sends SIGNAL when the starter dies, however it dies (Linux; elsewhere nothing).
--as-user:  PostgreSQL refuses to run as root. A user namespace in which we are uid 1000 satisfies it and
            leaves every file where it is, with no change of owner.
--uid:      for a real root on a machine without user namespaces: gives up root for that uid.
"""

import argparse
import ctypes
import fcntl
import os
import socket
import struct
import sys
import tempfile
from pathlib import Path

HOSTS = Path("/etc/hosts")
MARK = "# private copy, made by supa-deploy for its throwaway platform"
REFUSED = 3

_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_PR_SET_PDEATHSIG = 1
_INSIDE_UID = 1000


def enter_private_namespaces() -> None:
    """Moves this process into private namespaces. Raises OSError where the machine does not allow it."""
    wanted = _CLONE_NEWNS | _CLONE_NEWNET
    if os.geteuid() == 0:
        try:
            _unshare(wanted)
        except PermissionError:
            _enter_user_namespace(0, wanted)
    else:
        _enter_user_namespace(0, wanted)
    _mount("none", "/", _MS_REC | _MS_PRIVATE)
    _own_hosts_file()
    _loopback_up()


def main() -> None:
    """Reads the command line and replaces this process; exits with REFUSED when the machine does not allow it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--private", action="store_true")
    parser.add_argument("--die-with", type=int)
    parser.add_argument("--as-user", action="store_true")
    parser.add_argument("--uid", type=int)
    parser.add_argument("program", nargs="+")
    told = parser.parse_args()
    try:
        if told.private:
            enter_private_namespaces()
        if told.as_user:
            _enter_user_namespace(_INSIDE_UID)
    except OSError as error:
        sys.stderr.write(f"{error.filename or ''} {error.strerror or error}\n".lstrip())
        sys.exit(REFUSED)
    if told.uid is not None:
        os.setgroups([])
        os.setgid(told.uid)
        os.setuid(told.uid)
    if told.die_with and sys.platform == "linux":
        # After the change of identity: the kernel forgets the setting then.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, told.die_with, 0, 0, 0)
    os.execvp(told.program[0], told.program)  # noqa: S606 - becoming the program, without a shell, is the point


def _enter_user_namespace(inside_uid: int, with_flags: int = 0) -> None:
    """A user namespace where our one identity is `inside_uid` (user_namespaces(7))."""
    uid, gid = os.geteuid(), os.getegid()
    _unshare(_CLONE_NEWUSER | with_flags)
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{inside_uid} {uid} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{inside_uid} {gid} 1", "ascii")


def _unshare(flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"unshare: {os.strerror(code)}")


def _mount(source: str, target: str, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(flags), None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"mount on {target}: {os.strerror(code)}")


def _own_hosts_file() -> None:
    lines = HOSTS.read_text("utf-8", "replace").splitlines()
    handle, name = tempfile.mkstemp(prefix="supa-deploy-hosts-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as copy:
            copy.write("\n".join([MARK, *lines]) + "\n")
        Path(name).chmod(0o644)
        _mount(name, str(HOSTS), _MS_BIND)
    finally:
        Path(name).unlink()  # the mount keeps the file; nothing is left behind


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        _name, flags = struct.unpack("16sh22x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))


if __name__ == "__main__":
    main()
