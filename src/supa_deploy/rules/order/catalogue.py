"""The rules about order: their names, why they matter, what to do."""

from supa_deploy.model import Claim, Severity
from supa_deploy.rules.values import Rule, Topic

BEFORE = Rule(
    "used-before-created",
    Topic.ORDER,
    Severity.ERROR,
    "The database runs the files in order, so it refuses a statement that uses what only a later statement creates.",
    "Move the statement behind the one that creates what it uses, or give the creating file the older version.",
    claim=Claim.ORDER,
)
AFTER_DROP = Rule(
    "used-after-dropped",
    Topic.ORDER,
    Severity.ERROR,
    "The database refuses a statement that uses what an earlier statement dropped or renamed.",
    "Use it before it is dropped, use its new name, or create it again first.",
    claim=Claim.ORDER,
)
NEVER = Rule(
    "used-never-created",
    Topic.ORDER,
    Severity.WARNING,
    "No file creates it, so a new environment cannot be made from these files; "
    "the live database must have it by hand.",
    "Correct the name, or add a file that creates it before its first use (`supabase db pull` writes one).",
    claim=Claim.ORDER,
)
DUPLICATE_VERSION = Rule(
    "duplicate-version",
    Topic.ORDER,
    Severity.ERROR,
    "The history holds each version once, so the second file of a version is refused, and every file after it.",
    "Give one of the two files a version of its own.",
    claim=Claim.ORDER,
)
ORDER_IN_DOUBT = Rule(
    "order-in-doubt",
    Topic.ORDER,
    Severity.WARNING,
    "Supabase CLI 2.99 and older sort by file name and newer ones by version, which differs where versions have "
    "different numbers of digits.",
    "Give every version the same number of digits (YYYYMMDDHHMMSS).",
    claim=Claim.ORDER,
)
OLDER_THAN_RELEASED = Rule(
    "older-than-released",
    Topic.ORDER,
    Severity.ERROR,
    "A new file that is older than one already released cannot be applied behind it: "
    "the deploy ends in a history conflict.",
    "Rename the file to a version newer than every released one (`supabase migration new NAME` gives it one).",
    claim=Claim.ORDER,
)
EDITED_AFTER_RELEASE = Rule(
    "edited-after-release",
    Topic.ORDER,
    Severity.WARNING,
    "A released file has been applied already, so an edit of it reaches new environments only "
    "and databases drift apart.",
    "Put the file back to what was released, and the change into a new migration.",
    claim=Claim.ORDER,
)
EDITED_AFTER_APPLY = Rule(
    "edited-after-apply",
    Topic.ORDER,
    Severity.WARNING,
    "The database keeps what was applied, so an edit of an applied file reaches new environments only.",
    "Put the file back to what was applied, and the change into a new migration.",
    claim=Claim.ORDER,
)
SKIPPED_NAME = Rule(
    "skipped-name",
    Topic.ORDER,
    Severity.WARNING,
    "The Supabase CLI passes over a file whose name is not <digits>_<name>.sql and reports success all the same.",
    "Rename it to <digits>_<name>.sql in supabase/migrations itself, or move it out of that folder.",
    claim=Claim.ORDER,
)
RULES: tuple[Rule, ...] = (
    BEFORE,
    AFTER_DROP,
    NEVER,
    DUPLICATE_VERSION,
    ORDER_IN_DOUBT,
    OLDER_THAN_RELEASED,
    EDITED_AFTER_RELEASE,
    EDITED_AFTER_APPLY,
    SKIPPED_NAME,
)
