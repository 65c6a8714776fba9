"""SQL of somebody else's making (the diff engine's, a hand-written way back) as statements and what each does."""

from supa_deploy.migrations.acts.reading import acts_of
from supa_deploy.migrations.acts.statements import SqlStatement, read_sql
from supa_deploy.migrations.acts.unrecoverable import cannot_restore
from supa_deploy.migrations.acts.values import Act, Deed

__all__ = ["Act", "Deed", "SqlStatement", "acts_of", "cannot_restore", "read_sql"]
