"""The ways to the database: does the name resolve, does the port answer, over which IP family?"""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from supa_deploy.model import Diagnostic
from supa_deploy.settings import Settings
from supa_deploy.supabase import ByUrl, Linked, Supabase

_SECONDS = 5.0
_PORT = 5432
Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
_FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


@dataclass(frozen=True, slots=True)
class Way:
    """One attempt: the family that answered (None: none did), the seconds it took, and why not."""

    family: str | None
    seconds: float
    reason: str = ""


def look(settings: Settings, supabase: Supabase) -> tuple[Diagnostic, ...]:
    """The direct way and, for a project, the pooler's: a deploy needs one of the two."""
    if isinstance(supabase.target, ByUrl):
        url = supabase.target.url
        way = try_way(url.host, url.port)
        next_step = "Check host, port and firewall."
        return (
            Diagnostic("database", ok=way.family is not None, detail=_words(url.host, way), next=next_step),
        )
    return tuple(_of_project(settings, supabase.target))


def _of_project(settings: Settings, target: Linked) -> Iterator[Diagnostic]:
    pooler = _pooler_of(settings)
    with ThreadPoolExecutor(max_workers=2) as pool:
        direct_way = pool.submit(try_way, target.host, _PORT)
        pooler_way = pool.submit(try_way, *pooler) if pooler else None
        direct = direct_way.result()
        through = pooler_way.result() if pooler_way else None
    pooler_works = through is not None and through.family is not None
    yield Diagnostic(
        "direct connection",
        ok=True if direct.family else (None if pooler_works else False),
        detail=_words(target.host, direct),
        next="Networks without IPv6 need the pooler: run `supabase link`, or use CLI 3, which finds it by itself.",
    )
    if pooler is None or through is None:
        yield Diagnostic(
            "pooler", ok=None, detail="its address is not known here yet (`supabase link` notes it)"
        )
    else:
        yield Diagnostic(
            "pooler",
            ok=True if through.family else (None if direct.family else False),
            detail=_words(pooler[0], through),
            next="Check the firewall, and the project's Network Restrictions in the Dashboard.",
        )


def judge(found: tuple[Diagnostic, ...], *, arrived: bool) -> Iterator[Diagnostic]:
    """What was found, in the light of whether the CLI got to the database: then a closed way is no trouble."""
    for diagnostic in found:
        if arrived and diagnostic.ok is False:
            yield replace(
                diagnostic, ok=None, detail=f"{diagnostic.detail}; the CLI found another way", next=None
            )
        else:
            yield diagnostic


def try_way(host: str, port: int) -> Way:
    """Connects and hangs up again; each address the name has is tried in turn."""
    started = time.monotonic()
    try:
        addresses = _addresses(host, port)
    except TimeoutError:
        return Way(None, time.monotonic() - started, f"the name was not resolved in {_SECONDS:.0f} s")
    except OSError as error:
        return Way(None, time.monotonic() - started, f"the name does not resolve ({error.strerror or error})")
    reasons = []
    for family, kind, protocol, _, address in addresses:
        with socket.socket(family, kind, protocol) as attempt:
            attempt.settimeout(_SECONDS)
            try:
                attempt.connect(address)
            except OSError as error:
                reasons.append(f"{_FAMILIES.get(family, 'IP')}: {error.strerror or 'no answer in 5 s'}")
            else:
                return Way(_FAMILIES.get(family, "IP"), time.monotonic() - started)
    return Way(None, time.monotonic() - started, "; ".join(dict.fromkeys(reasons)))


def _addresses(host: str, port: int) -> Sequence[Address]:
    """The name's addresses. The resolver has no clock of its own that can be set, so it is asked in a thread that
    may be left behind. Raises TimeoutError, or OSError when the name has none."""
    answer: Future[Sequence[Address]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="supa-deploy-resolver", daemon=True).start()
    return answer.result(timeout=_SECONDS)


def _pooler_of(settings: Settings) -> tuple[str, int] | None:
    """The address that `supabase link` noted."""
    path = settings.workdir / "supabase" / ".temp" / "pooler-url"
    try:
        parts = urlsplit(path.read_text(encoding="utf-8").strip())
        host, port = parts.hostname, parts.port or _PORT
    except (OSError, ValueError):
        return None
    return (host, port) if host else None


def _words(host: str, way: Way) -> str:
    if way.family is None:
        return f"{host}: {way.reason}"
    return f"{host} answers over {way.family} ({way.seconds * 1000:.0f} ms)"
