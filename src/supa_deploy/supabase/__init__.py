"""The official Supabase CLI as an object: found, spoken to in its own generation's words, watched, understood."""

from supa_deploy.supabase.answers import (
    ApiKeys,
    Caret,
    CliFailure,
    DiffAnswer,
    FailureKind,
    History,
    LinkAnswer,
    PushAnswer,
    RepairAnswer,
    Row,
    UnreadableAnswer,
)
from supa_deploy.supabase.children import Pending
from supa_deploy.supabase.client import Supabase
from supa_deploy.supabase.command import Ended
from supa_deploy.supabase.environment import Login, find_login
from supa_deploy.supabase.find import find_binary
from supa_deploy.supabase.locate import Binary
from supa_deploy.supabase.management import Management, Project, Refusal, Survey
from supa_deploy.supabase.profile import Profile, read_profile
from supa_deploy.supabase.speaker import PushOptions, RepairStatus
from supa_deploy.supabase.target import ByUrl, Linked, Target, target_of

__all__ = [
    "ApiKeys",
    "Binary",
    "ByUrl",
    "Caret",
    "CliFailure",
    "DiffAnswer",
    "Ended",
    "FailureKind",
    "History",
    "LinkAnswer",
    "Linked",
    "Login",
    "Management",
    "Pending",
    "Profile",
    "Project",
    "PushAnswer",
    "PushOptions",
    "Refusal",
    "RepairAnswer",
    "RepairStatus",
    "Row",
    "Supabase",
    "Survey",
    "Target",
    "UnreadableAnswer",
    "find_binary",
    "find_login",
    "read_profile",
    "target_of",
]
