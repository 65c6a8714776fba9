"""Host names and addresses: how a linked project's `db.<ref>.<host>:5432` comes to mean this machine.

Tried in this order: the names resolve here already and port 5432 is free; private namespaces; neither, and
then only a database URL will do.
"""

import fcntl
import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from supa_deploy.platform import namespace
from supa_deploy.shadow.launch import HOSTS

LINK_PORT = 5432
_LOOPBACK = "127.0.0.1"
_PLATFORMS = 250  # side by side in one namespace: 127.0.1.* to 127.0.250.*


class Way(StrEnum):
    """The ways to reach the throwaway database."""

    NAMES_RESOLVE = "names"
    NAMESPACE = "namespace"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which way was chosen, and why in one sentence. `enter_first`: the program has to be started again inside
    private namespaces (`namespace.command`)."""

    way: Way
    why: str
    enter_first: bool = False

    @property
    def linked(self) -> bool:
        """True when a linked project can be rehearsed."""
        return self.way is not Way.URL


def choose_reach() -> Reach:
    """Looks at this machine and chooses."""
    if namespace.inside():
        return Reach(Way.NAMESPACE, "Linked path, in private network and mount namespaces.")
    obstacle = _why_names_do_not_do()
    if obstacle is None:
        return Reach(
            Way.NAMES_RESOLVE, "Linked path: *.localhost resolves to this machine and port 5432 is free."
        )
    refused = namespace.why_not()
    if refused is None:
        return Reach(Way.NAMESPACE, f"Linked path, in private namespaces ({obstacle}).", enter_first=True)
    return Reach(Way.URL, f"By database URL, not as a linked project: {obstacle}, and {refused}.")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where one platform listens. `silent` accepts and never answers, nobody listens on `refusing`; both are
    None outside namespaces. `project_host` is the profile's."""

    direct: str
    pooler: str
    port: int
    project_host: str
    direct_host: str
    pooler_host: str
    silent: str | None = None
    refusing: str | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """The addresses PostgreSQL listens on."""
        return tuple(dict.fromkeys((self.direct, self.pooler)))


def take_addresses(ref: str, *, linked: bool) -> tuple[Addresses, socket.socket | None]:
    """Addresses for a new platform, and a socket that reserves them for as long as it is open."""
    if not linked:
        return _named(ref, _LOOPBACK, free_port(), "localhost"), None
    if not namespace.inside():
        return _named(ref, _LOOPBACK, LINK_PORT, "localhost"), None
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in random.sample(range(1, _PLATFORMS + 1), _PLATFORMS):
        try:
            held.bind((f"127.0.{number}.1", LINK_PORT))
        except OSError:
            continue
        net = f"127.0.{number}"
        # `.localhost` would not do: resolvers may answer it with 127.0.0.1 whatever the hosts file says (RFC 6761).
        named = _named(ref, f"{net}.1", LINK_PORT, "throwaway.test")
        return replace(named, pooler=f"{net}.2", silent=f"{net}.3", refusing=f"{net}.4"), held
    held.close()
    raise OSError("no free address in this namespace")


def publish(names: Mapping[str, str | None]) -> None:
    """Writes host names into the private hosts file (None takes a name out). Only inside namespaces."""
    with HOSTS.open("r+", encoding="utf-8") as hosts:
        fcntl.flock(hosts, fcntl.LOCK_EX)
        kept = [
            line for line in hosts.read().splitlines() if line.split()[-1:] and line.split()[-1] not in names
        ]
        added = [f"{address} {name}" for name, address in names.items() if address]
        content = ("\n".join([*kept, *added]) + "\n").encode()
        # In place, and longer before shorter: the bind mount holds this very file, and others read it meanwhile.
        os.pwrite(hosts.fileno(), content, 0)
        hosts.truncate(len(content))


def free_port() -> int:
    """A TCP port that is free on the loopback right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _named(ref: str, direct: str, port: int, host: str) -> Addresses:
    return Addresses(direct, direct, port, host, f"db.{ref}.{host}", f"pooler-{ref}.{host}")


def _why_names_do_not_do() -> str | None:
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo("db.aaaaaaaaaaaaaaaaaaaa.localhost", LINK_PORT)}
    except OSError:
        return "*.localhost does not resolve here"
    if not found <= {_LOOPBACK, "::1"}:
        return "*.localhost does not resolve to this machine"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_LOOPBACK, LINK_PORT))
        except OSError:
            return f"port {LINK_PORT} is taken"
    return None
