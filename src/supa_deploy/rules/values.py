"""What a rule is, and what it says of a file, as values."""

from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.model import Claim, Severity


class Topic(StrEnum):
    """What a rule is about."""

    SYNTAX = "syntax"
    ORDER = "order"
    RERUN = "runs twice"
    SECURITY = "security"
    SENDING = "what the CLI does to files"
    DANGER = "danger to a live database"
    INDEXES = "missing indexes"
    COMMENTS = "comments to supa-deploy"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, topic and severity, one sentence of why, one of what to do. `origin` is squawk's name for it
    where squawk finds it; `claim` the claim that a finding proves wrong; `fixable`: `check --fix` can do it."""

    id: str
    topic: Topic
    severity: Severity
    why: str
    fix: str
    origin: str | None = None
    claim: Claim | None = None
    fixable: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's word about the file in hand: at which byte (0-based), what is wrong, what to write instead (the rule's
    own fix where None). `severity` where it is not the rule's own."""

    rule: Rule
    byte: int
    message: str
    help: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class FoundAt:
    """As Found, about a line (1-based) of any file: what only the whole of the files shows."""

    rule: Rule
    file: str
    line: int
    message: str
    help: str | None = None
    severity: Severity | None = None
    column: int = 1
