"""What the CLI's output means, as typed values. Machine output first; words only for generations that have nothing
else. A success that cannot be read is an error."""

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.diff import DiffAnswer, read_diff
from supa_deploy.supabase.answers.failure import CliFailure, FailureKind, UnreadableAnswer
from supa_deploy.supabase.answers.history import History, read_history
from supa_deploy.supabase.answers.keys import ApiKeys, keys_from, read_api_keys
from supa_deploy.supabase.answers.link import LinkAnswer, read_link
from supa_deploy.supabase.answers.push import PushAnswer, read_push
from supa_deploy.supabase.answers.repair import RepairAnswer, read_repair
from supa_deploy.supabase.answers.rows import Row, read_rows
from supa_deploy.supabase.answers.sqlerror import Caret

__all__ = [
    "ApiKeys",
    "Caret",
    "CliFailure",
    "DiffAnswer",
    "FailureKind",
    "History",
    "LinkAnswer",
    "PushAnswer",
    "RepairAnswer",
    "Row",
    "UnreadableAnswer",
    "failure_of",
    "keys_from",
    "read_api_keys",
    "read_diff",
    "read_history",
    "read_link",
    "read_push",
    "read_repair",
    "read_rows",
]
