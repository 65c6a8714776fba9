"""Private namespaces: a loopback and a hosts file of our own, without privileges (Linux, standard library only).

`python -m supa_deploy.platform.namespace -- COMMAND…` becomes COMMAND inside them: the network has nothing but
127.0.0.0/8 and ::1 (so port 5432 is free), `/etc/hosts` is a copy that may be written, everything else is as
it was. A real root needs no user namespace; anyone else becomes uid 0 of a user namespace of one user.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__" and __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).parent))
    from launch import become, unshare
else:
    from supa_deploy.platform.launch import become, unshare

HOSTS = Path("/etc/hosts")
MARK = "# private copy, made by supa-deploy for its throwaway platform"

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def inside() -> bool:
    """True when this process is already in private namespaces made here."""
    try:
        with HOSTS.open(encoding="utf-8") as hosts:
            return hosts.readline().strip() == MARK
    except (OSError, UnicodeDecodeError):
        return False


def why_not() -> str | None:
    """None when private namespaces can be had on this machine, else the reason in one phrase."""
    if sys.platform != "linux":
        return "private namespaces exist on Linux only"
    tried = subprocess.run(
        [sys.executable, "-E", "-S", __file__, "--", "/bin/sh", "-c", ":"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if tried.returncode == 0:
        return None
    said = tried.stderr.strip().splitlines()
    return f"this machine does not allow private namespaces ({said[-1] if said else tried.returncode})"


def command(program: list[str]) -> list[str]:
    """The command line that runs `program` inside private namespaces."""
    return [sys.executable, "-E", "-S", __file__, "--", *program]


def enter() -> None:
    """Moves this process into private namespaces. Raises OSError where the machine does not allow it."""
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        try:
            unshare(_CLONE_NEWNS | _CLONE_NEWNET)
        except PermissionError:
            _enter_as_one_user(uid, gid)
    else:
        _enter_as_one_user(uid, gid)
    _mount("none", "/", _MS_REC | _MS_PRIVATE)
    _own_hosts_file()
    _loopback_up()


def _enter_as_one_user(uid: int, gid: int) -> None:
    unshare(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWNET)
    become(0, uid, gid)


def _mount(source: str, target: str, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(flags), None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"mount on {target}: {os.strerror(code)}")


def _own_hosts_file() -> None:
    lines = HOSTS.read_text("utf-8", "replace").splitlines()
    handle, name = tempfile.mkstemp(prefix="supa-deploy-hosts-")
    with os.fdopen(handle, "w", encoding="utf-8") as copy:
        copy.write("\n".join([MARK, *lines]) + "\n")
    path = Path(name)
    try:
        path.chmod(0o644)
        _mount(name, str(HOSTS), _MS_BIND)
    finally:
        path.unlink()  # the mount keeps the file; nothing is left behind


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        _name, flags = struct.unpack("16sh22x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))


def main(arguments: list[str]) -> int:
    """`-- COMMAND…`: enters and becomes the command; returns an exit code only when that failed."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        sys.stderr.write("usage: python -m supa_deploy.platform.namespace -- COMMAND…\n")
        return 2
    try:
        enter()
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}\n")
        return 3
    os.execvp(arguments[1], arguments[1:])  # noqa: S606 - becoming the command, without a shell, is the point


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
