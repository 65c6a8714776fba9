"""Foreign keys and policy columns that no index serves."""

from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule

RULES: tuple[Rule, ...] = ()
READERS = Readers()
