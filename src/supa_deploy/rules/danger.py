"""What hurts a database in use and squawk does not find."""

from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule

RULES: tuple[Rule, ...] = ()
READERS = Readers()
