"""What the platform's two halves say to each other: one JSON line each way, over the child's stdin and stdout.

The child ends when its stdin does, so it cannot outlive whoever started it unless it was told to.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from supa_deploy.platform.faults import Action, Fault
from supa_deploy.platform.web import Logged


class Verb(StrEnum):
    """What the child can be told."""

    START = "start"
    RESET = "reset"
    FAULT = "fault"
    CLEAR = "clear"
    STATUS = "status"
    REQUESTS = "requests"
    STALE = "stale"
    DIRECT_HOST = "direct_host"
    FREEZE = "freeze"
    NO_TLS = "no_tls"
    KEEP = "keep"
    STOP = "stop"


class DirectHost(StrEnum):
    """What `db.<ref>.<host>` leads to."""

    ANSWERS = "answers"
    REFUSES = "refuses"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a platform is to be. Paths as text; `cache` is where templates are kept."""

    postgres: str
    postgres_major: int
    postgrest: str
    key: str
    cache: str
    linked: bool
    legacy_grants: bool = False
    ref: str | None = None
    password: str | None = None
    secret_key: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """What a started platform tells: where it is and what opens it."""

    folder: str
    http_port: int
    port: int
    direct: str
    pooler: str
    direct_host: str
    pooler_host: str
    project_host: str
    pid: int
    credentials: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One order: a verb and what belongs to it."""

    verb: Verb
    spec: Spec | None = None
    fault: Fault | None = None
    text: str | None = None
    number: int | None = None

    def line(self) -> str:
        """As one line of JSON."""
        return json.dumps({name: value for name, value in asdict(self).items() if value is not None})

    @classmethod
    def parse(cls, line: str) -> "Message":
        """From one line of JSON."""
        raw: dict[str, Any] = json.loads(line)
        spec = Spec(**raw["spec"]) if "spec" in raw else None
        fault = raw.get("fault")
        if fault is not None:
            headers = tuple((name, value) for name, value in fault.pop("headers"))
            fault = Fault(**{**fault, "action": Action(fault["action"]), "headers": headers})
        return cls(Verb(raw["verb"]), spec, fault, raw.get("text"), raw.get("number"))


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: what was asked for, or why it failed (`failure` with its hint and code)."""

    started: Started | None = None
    requests: tuple[Logged, ...] = ()
    failure: str | None = None
    hint: str | None = None
    code: str | None = None

    def line(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, line: str) -> "Reply":
        """From one line of JSON."""
        raw: dict[str, Any] = json.loads(line)
        started = Started(**raw["started"]) if raw["started"] else None
        requests = tuple(Logged(**entry) for entry in raw["requests"])
        return cls(started, requests, raw["failure"], raw["hint"], raw["code"])
