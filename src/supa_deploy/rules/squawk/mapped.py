"""How one of squawk's rules becomes one of ours."""

from collections.abc import Callable
from dataclasses import dataclass

from supa_deploy.model import Severity
from supa_deploy.rules.squawk.subject import Subject
from supa_deploy.rules.values import Rule, Topic


@dataclass(frozen=True, slots=True)
class Mapped:
    """`says`: the message, with `{target}` (the column, else the name) and `{name}`; `quiet`: where it is no matter;
    `on_new`: it matters on this file's own tables too; `once`: told once a file; `opt_in`: off in squawk by default."""

    rule: Rule
    says: str
    quiet: Callable[[Subject], bool] | None = None
    on_new: bool = False
    once: bool = False
    opt_in: bool = False


def danger(rule: str, origin: str, why: str, fix: str, severity: Severity = Severity.WARNING) -> Rule:
    """A rule about a database in use that squawk finds."""
    return Rule(rule, Topic.DANGER, severity, why, fix, origin=origin)
