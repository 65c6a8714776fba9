"""The rules that migration files are held against, with no database and no network.

One walk over the files in order: each statement is shown to the rules of its kind together with the database as the
statements before it leave it, then folded into it.
"""

from supa_deploy.rules.claims import claims_of
from supa_deploy.rules.terms import Terms
from supa_deploy.rules.values import Rule, Topic
from supa_deploy.rules.walk import Walk

__all__ = ["Rule", "Terms", "Topic", "Walk", "claims_of"]
