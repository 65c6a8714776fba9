"""What PostgreSQL would not parse."""

from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule

RULES: tuple[Rule, ...] = ()
READERS = Readers()
