"""What the Supabase CLI does to files: transactions, locks, encodings, statements it cannot send."""

from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule

RULES: tuple[Rule, ...] = ()
READERS = Readers()
