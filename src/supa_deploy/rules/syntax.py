"""What PostgreSQL would not parse; `migrations` finds it."""

from supa_deploy.model import Claim, Severity
from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule, Topic

SYNTAX = Rule(
    "syntax",
    Topic.SYNTAX,
    Severity.ERROR,
    "PostgreSQL refuses a file that it cannot parse, and a function whose body it cannot parse.",
    "Correct the line; the message is PostgreSQL's own.",
    claim=Claim.SYNTAX,
)
TOO_DEEP = Rule(
    "too-deep",
    Topic.SYNTAX,
    Severity.INFO,
    "A statement that is too long, or nested too deep, is not looked into: only the server knows whether it is right.",
    "Look it over by hand, or write it in several steps.",
)
RULES: tuple[Rule, ...] = (SYNTAX, TOO_DEEP)
READERS = Readers()
