"""The migration files: found, parsed with PostgreSQL's own parser, and folded into what they promise."""

from supa_deploy.migrations.discover import Discovery, DownFile, Migration, SkippedFile, discover
from supa_deploy.migrations.fold import fold
from supa_deploy.migrations.locate import Caret, ErrorPlace, locate_error
from supa_deploy.migrations.parse import Parsed, parse_all, read
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.transactions import RiskKind, TransactionRisk, transaction_risks
from supa_deploy.migrations.words import describe

__all__ = [
    "Caret",
    "Discovery",
    "DownFile",
    "ErrorPlace",
    "Migration",
    "Parsed",
    "RiskKind",
    "Script",
    "SkippedFile",
    "Statement",
    "TransactionRisk",
    "describe",
    "discover",
    "fold",
    "locate_error",
    "parse_all",
    "read",
    "transaction_risks",
]
