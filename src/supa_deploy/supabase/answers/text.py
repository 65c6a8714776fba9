"""What the CLI writes beside its result: progress lines, and in generations without JSON the error itself.

Each pattern stands next to a recorded transcript (`tests/transcripts`) that proves it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_STACK_LINE = re.compile(r"^\S+\.(?:go|s):\d+ \(0x[0-9a-f]+\)$")
_LOG_DATE = re.compile(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ")
_STARTED = re.compile(r"^Applying migration (?P<file>\S.*?)\.\.\.$")
_SEEDING = re.compile(r"^Seeding data from (?P<file>\S.*?)\.\.\.$")
_ROLES = re.compile(r"^(?:Seeding globals from|Creating custom roles) (?P<file>\S.*?)\.\.\.$")
_BULLET = re.compile(r"^ ?[•·] (?P<file>\S.*)$")
_WOULD_SEED = re.compile(r"^Would seed these files:")
_WOULD_PUSH = re.compile(r"^Would push these migrations:")
_WOULD_ROLES = re.compile(r"^Would create custom roles (?P<file>\S.*?)\.\.\.$")
_PROGRESS = re.compile(
    r"^(?:Connecting to (?:remote|local) database|Initialising login role|Using workdir |Using profile|Target: |"
    r"Confirmed by |DRY RUN: |Would |Do you want to |Applying migration |Seeding |Updating seed hash|"
    r"Skipping migration |NOTICE |Finished supabase |Loading |Using config |WARN(?:ING)?: |"
    r"A new version of Supabase CLI|We recommend updating|Remote database is up to date|"
    r"(?:Schema migrations|Seed files) are up to date|Connected to )"
)
_ASKED = re.compile(r"^\s*\[[YyNn]/[YyNn]\]")
_SUGGESTION = re.compile(
    r"^(?:Try rerunning the command with --debug|Connect to your database by setting the env var|"
    r"Make sure your local (?:IP|git)|Rerun the command with --include-all|An admin must unpause|Run supabase |"
    r"This server does not accept TLS|And update local migrations|Docker Desktop is a prerequisite)"
)
_CRASH = re.compile(r"^error: (?P<message>.*(?:\n(?![ \t]+(?:line|column|codeblock|at)\b).*)*)", re.MULTILINE)
_BUNDLE = "$bunfs/root"  # 2.99 dying of its own exception: its bundled source, `error: …`, a stack
_EMPTY_ADVICE = "Try rerunning the command with --debug to troubleshoot the error."


class Stage(StrEnum):
    """What a push was doing when it last said something."""

    PREPARING = "preparing"
    ROLES = "roles"
    MIGRATIONS = "migrations"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a push told while it ran: files begun (a file begun may have failed), files it said it would push,
    seeds, roles, and what it was at when it stopped talking."""

    started: tuple[str, ...] = ()
    would_push: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    stage: Stage = Stage.PREPARING


@dataclass(frozen=True, slots=True)
class Complaint:
    """The error part of a terminal: the message, and the CLI's own advice apart (None: none of use)."""

    message: str
    suggestion: str | None


def clean(terminal: str) -> str:
    """Without Go's stack traces (2.99 puts one before every error), log dates, and padding."""
    lines = (line.rstrip() for line in terminal.split("\n"))
    return "\n".join(_LOG_DATE.sub("", line) for line in lines if not _STACK_LINE.match(line))


def progress_in(terminal: str) -> Progress:
    """What a push's terminal tells of its way."""
    started: list[str] = []
    seeds: list[str] = []
    roles: list[str] = []
    would: list[str] = []
    listed = would
    stage = Stage.PREPARING
    for line in clean(terminal).split("\n"):
        if found := _STARTED.match(line):
            started.append(found["file"])
            stage = Stage.MIGRATIONS
        elif found := _SEEDING.match(line):
            seeds.append(found["file"])
            stage = Stage.SEED
        elif found := _ROLES.match(line) or _WOULD_ROLES.match(line):
            roles.append(_in_supabase(found["file"]))
            stage = Stage.ROLES
        elif _WOULD_SEED.match(line):
            listed = seeds
        elif _WOULD_PUSH.match(line):
            listed = would
        elif found := _BULLET.match(line):
            listed.append(found["file"])
    return Progress(tuple(started), tuple(would), tuple(seeds), tuple(roles), stage)


def _in_supabase(file: str) -> str:
    """A dry run says `supabase/roles.sql`, the real one `roles.sql`."""
    return file if "/" in file else f"supabase/{file}"


def complaint_in(terminal: str) -> Complaint:
    """The error that a generation without JSON wrote: what is left when progress is taken out."""
    lines = [
        line for line in clean(terminal).split("\n") if not (_PROGRESS.match(line) or _ASKED.match(line))
    ]
    lines = [line for line in lines if not _BULLET.match(line)]
    text = "\n".join(lines).strip("\n")
    if _BUNDLE in text and (crash := _CRASH.search(text)):
        return Complaint(crash["message"].strip(), None)
    body = text.split("\n") if text else []
    cut = next((index for index, line in enumerate(body) if _SUGGESTION.match(line)), len(body))
    advice = "\n".join(line for line in body[cut:] if line != _EMPTY_ADVICE).strip()
    return Complaint("\n".join(body[:cut]).strip("\n"), advice or None)
