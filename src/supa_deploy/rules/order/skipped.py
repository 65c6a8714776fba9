"""Files in the migrations folder that look like migrations and that the CLI passes over all the same."""

import re

from supa_deploy.migrations import Discovery
from supa_deploy.model import Finding
from supa_deploy.rules.order.catalogue import SKIPPED_NAME

_VERSIONED = re.compile(r"[0-9]{3,}[-_. ]")
_ALMOST = re.compile(r"([0-9]{3,})[-. ]+(.+)\.sql", re.IGNORECASE)
_PUT_ASIDE = (
    ".bak",
    ".orig",
    ".disabled",
    ".skip",
    ".skipped",
    ".off",
    ".old",
    ".swp",
    ".tmp",
    "~",
    ".md",
    ".txt",
)


def skipped_findings(discovery: Discovery) -> list[Finding]:
    """A finding for each thing that the CLI passes over and that looks like a migration: SQL files, and files or
    folders whose name begins as a version. Notes, hidden files and what is put aside by its name are none."""
    return [
        Finding(
            SKIPPED_NAME.id,
            SKIPPED_NAME.severity,
            skipped.file,
            1,
            1,
            f"This is no migration to the Supabase CLI: {skipped.reason}.",
            _advice(skipped.file.rpartition("/")[2]),
        )
        for skipped in discovery.skipped
        if _looks_like_one(skipped.file.rpartition("/")[2])
    ]


def _looks_like_one(name: str) -> bool:
    lower = name.lower()
    if lower.startswith(".") or lower.endswith(_PUT_ASIDE):
        return False
    return lower.endswith(".sql") or _VERSIONED.match(name) is not None


def _advice(name: str) -> str:
    almost = _ALMOST.fullmatch(name)
    return f"Rename it to {almost[1]}_{almost[2]}.sql." if almost else SKIPPED_NAME.fix
