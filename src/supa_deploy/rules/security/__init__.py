"""Who can read and write what: row-level security, policies, grants, functions and views."""

from supa_deploy.rules.security import functions, grants, policies, rls, views
from supa_deploy.rules.sight import Readers

_MODULES = (rls, policies, grants, functions, views)
RULES = tuple(rule for module in _MODULES for rule in module.RULES)
READERS = Readers(
    statements=grants.STATEMENTS,
    whole=tuple(reader for module in _MODULES for reader in module.WHOLE),
)
