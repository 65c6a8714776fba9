"""From a call that did not succeed to its kind: by how it ended, then by `error.code`, then by text.

Text decides where a generation has no JSON, where a code covers several causes (DbConnectError), and for the
Management API's refusals, whose number link leaves out.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from supa_deploy.supabase.answers.failure import CliFailure, FailureKind
from supa_deploy.supabase.answers.machine import error_in, text_of
from supa_deploy.supabase.answers.sqlerror import sqlstate_in, statement_error
from supa_deploy.supabase.answers.text import Stage, complaint_in, progress_in
from supa_deploy.supabase.command import Completed, Ended, Verb

_BETTER_HINTS: Mapping[str, str] = {
    "IPv6 is not supported": "The CLI says so whenever the direct database host cannot be reached, also when its name "
    "does not resolve. Direct hosts have IPv6 addresses only; on an IPv4 network (GitHub's runners) the way is the "
    "pooler, whose address `supabase link` fetches. Check the project ref and the network.",
    "PgClient: Failed to connect": "This version of the CLI does not say why it could not connect: check the host, "
    "and the password too, or upgrade the CLI.",
}
"""Where the CLI's own advice leads astray or is missing."""

_BY_CODE: Mapping[str, FailureKind] = {
    "AccessTokenRequiredError": FailureKind.TOKEN,
    "InvalidAccessTokenError": FailureKind.TOKEN,
    "DbQueryLoginRequiredError": FailureKind.TOKEN,
    "ProjectRefNotLinkedError": FailureKind.NOT_LINKED,
    "ProjectRefRequiredError": FailureKind.NOT_LINKED,
    "ProjectNotLinkedError": FailureKind.NOT_LINKED,
    "ProjectPausedError": FailureKind.PAUSED,
    "DbPushMissingLocalError": FailureKind.CONFLICT_REMOTE_UNKNOWN,
    "MigrationMissingLocalError": FailureKind.CONFLICT_REMOTE_UNKNOWN,
    "DbPushMissingRemoteError": FailureKind.CONFLICT_LOCAL_OLDER,
    "MigrationMissingRemoteError": FailureKind.CONFLICT_LOCAL_OLDER,
    "DbPushRolesError": FailureKind.ROLES,
    "MigrationSeedError": FailureKind.SEED,
    "MigrationVaultError": FailureKind.CONFIG,
    "DbConfigLoadError": FailureKind.CONFIG,
    "DbConfigParseUrlError": FailureKind.CONFIG,
    "ConfigError": FailureKind.CONFIG,
    "ConfigValidateError": FailureKind.CONFIG,
    "ProjectConfigParseError": FailureKind.CONFIG,
    "InvalidProjectRefError": FailureKind.CONFIG,
    "DbConfigIpv6Error": FailureKind.UNREACHABLE,
    "ImagePrepullError": FailureKind.DOCKER,
    "DeclarativeShadowDbError": FailureKind.DOCKER,
    "LinkedDbNetworkBannedError": FailureKind.UNREACHABLE,
    "UnrecognizedOption": FailureKind.CLI_INTERNAL,
    "HostedMutationConsentRequiredError": FailureKind.CLI_INTERNAL,
}

_BY_TEXT = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"Access token not provided|Invalid access token format", FailureKind.TOKEN),
        (r"Cannot find project ref|required flag\(s\) \"project-ref\"", FailureKind.NOT_LINKED),
        (r"^project is paused", FailureKind.PAUSED),
        (r"Remote migration versions not found in local migrations", FailureKind.CONFLICT_REMOTE_UNKNOWN),
        (r"Found local migration files to be inserted before", FailureKind.CONFLICT_LOCAL_OLDER),
        (r"IPv6 is not supported on your current network", FailureKind.UNREACHABLE),
        (r"failed to (?:load|read|parse|decode) config|Invalid TOML document|toml: ", FailureKind.CONFIG),
        (r"[Uu]nknown flag|Unrecognized flag", FailureKind.CLI_INTERNAL),
    )
)

_API_STATUS = re.compile(
    r"unexpected (?:[\w ]+ )?status (?P<status>\d{3})|Unexpected error retrieving remote project status"
    r"|Authorization failed for the access token and project ref pair"
)
_REFUSING_BODY = re.compile(
    r"Unauthori[sz]ed|\bJWT\b|Forbidden|necessary privileges|not authori[sz]ed", re.IGNORECASE
)
_MISSING_BODY = re.compile(r"not found|does not exist", re.IGNORECASE)
_DOCKER = re.compile(r"Docker daemon|failed to (?:inspect|pull) docker image|docker: command not found")
_DOCKER_ADVICE = "\n\nDocker Desktop is a prerequisite"  # once or twice in the message itself
_ENGINE_CODES = {"PgDeltaEngineError", "DeclarativeEdgeRuntimeError"}
_ENGINE = re.compile(r"error diffing (?:schema|shadow database)")
_NETWORK = re.compile(
    r"dial error|hostname resolving error|tls error|i/o timeout|Connection timed out|TransportError|Transport error"
    r"|failed to connect to postgres|failed to connect as temp role|failed to retrieve remote project status"
    r"|failed to (?:get api keys|initialise login role)|request timed out|unexpected end of JSON input"
)
_REFUSED_LOGIN = {"28P01", "28000"}
_NO_RIGHTS = {"42501", "25006"}
_SERVER_AWAY = {"53300", "57P01", "57P02", "57P03", "XX000"}


def failure_of(completed: Completed) -> CliFailure:
    """What a call that did not succeed means: by how it ended, then by `error.code`, then by text where a
    generation has no JSON."""
    cut_short = _cut_short(completed)
    if cut_short is not None:
        return cut_short
    error = error_in(completed.result)
    if error is not None:
        code = (text_of(error, "code") or "").removeprefix("Legacy") or None
        message, suggestion = text_of(error, "message") or "", text_of(error, "suggestion")
    else:
        complaint = complaint_in(completed.terminal)
        code, message, suggestion = None, complaint.message, complaint.suggestion
    if completed.verb is Verb.API_KEYS:
        message = _without_body(message)
    message = message.split(_DOCKER_ADVICE)[0]
    return _classified(completed, code, message, suggestion.strip() if suggestion else None)


def _classified(completed: Completed, code: str | None, message: str, suggestion: str | None) -> CliFailure:
    said = statement_error(message)
    progress = progress_in(completed.terminal) if completed.verb is Verb.PUSH else None
    failure = CliFailure(
        kind=_kind(code, message, progress.stage if progress else None),
        message=_shortened(said.message)
        or f"`supabase {completed.verb}` failed ({completed.exit_code}) and said nothing",
        code=code,
        suggestion=suggestion,
        sqlstate=said.sqlstate,
        statement_index=said.index,
        statement_text=said.text,
        caret=said.caret,
    )
    for words, hint in _BETTER_HINTS.items():
        if words in message:
            failure = replace(failure, suggestion=hint)
    if progress is None or failure.kind not in _WITH_FILE:
        return failure
    files = {Stage.MIGRATIONS: progress.started, Stage.SEED: progress.seeds, Stage.ROLES: progress.roles}
    named = files.get(progress.stage, ())
    return replace(failure, file=named[-1] if named else None)


_PARTS = {Stage.ROLES: FailureKind.ROLES, Stage.MIGRATIONS: FailureKind.SQL, Stage.SEED: FailureKind.SEED}
_WITH_FILE = {FailureKind.SQL, FailureKind.BUSY, FailureKind.SEED, FailureKind.ROLES, FailureKind.PERMISSION}


def _kind(code: str | None, message: str, stage: Stage | None) -> FailureKind:
    return (
        _BY_CODE.get(code or "")
        or (_by_text(message) if code is None else None)
        or (FailureKind.DOCKER if _DOCKER.search(message) else None)
        or _by_status(message)
        or _by_sqlstate(message, stage)
        or _by_network(code, message)
        or (FailureKind.ENGINE if code in _ENGINE_CODES or _ENGINE.search(message) else None)
        or FailureKind.OTHER
    )


def _by_text(message: str) -> FailureKind | None:
    return next((kind for pattern, kind in _BY_TEXT if pattern.search(message)), None)


def _by_status(message: str) -> FailureKind | None:
    found = _API_STATUS.search(message)
    return _kind_of_status(found["status"], message[found.end() :]) if found else None


def _by_sqlstate(message: str, stage: Stage | None) -> FailureKind | None:
    """What the server said, and in which part of a push it said it."""
    sqlstate = sqlstate_in(message)
    if sqlstate in _REFUSED_LOGIN:
        return FailureKind.PASSWORD
    if stage is not None and stage in _PARTS and (sqlstate or "ERROR: " in message):
        return FailureKind.BUSY if _is_taken_version(message) else _PARTS[stage]
    if sqlstate in _NO_RIGHTS:
        return FailureKind.PERMISSION
    if sqlstate in _SERVER_AWAY:
        return FailureKind.UNREACHABLE
    return FailureKind.SQL if sqlstate else None


def _by_network(code: str | None, message: str) -> FailureKind | None:
    if _NETWORK.search(message) or (code or "").endswith("NetworkError"):
        return FailureKind.UNREACHABLE
    return FailureKind.SQL if code == "DbQueryExecError" else None


def _is_taken_version(message: str) -> bool:
    """Another push recorded this version while this one was at it (the CLI takes no lock)."""
    return "schema_migrations_pkey" in message and sqlstate_in(message) == "23505"


def _kind_of_status(status: str | None, body: str) -> FailureKind:
    """What the Management API's refusal means. link's message has no number: then its body's words decide."""
    if status in {"401", "403", "404"}:
        return FailureKind.TOKEN
    if status is None and (_REFUSING_BODY.search(body) or _MISSING_BODY.search(body)):
        return FailureKind.TOKEN
    return FailureKind.UNREACHABLE


def _cut_short(completed: Completed) -> CliFailure | None:
    call = f"`supabase {completed.verb}`"
    match completed.ended:
        case Ended.EXITED if completed.exit_code < 0:
            return CliFailure(FailureKind.CLI_INTERNAL, f"{call} was ended by signal {-completed.exit_code}")
        case Ended.EXITED:
            return None
        case Ended.TIMED_OUT:
            return CliFailure(
                FailureKind.TIMEOUT, f"{call} was not done after {completed.seconds:.0f} s and was ended"
            )
        case Ended.IDLE:
            return CliFailure(
                FailureKind.TIMEOUT,
                f"{call} was silent for too long ({completed.seconds:.0f} s) and was ended",
            )
        case Ended.INTERRUPTED:
            return CliFailure(FailureKind.INTERRUPTED, f"{call} was interrupted")
        case Ended.PROMPTED:
            asked = completed.prompt or ""
            kind = FailureKind.PASSWORD if "database password" in asked.lower() else FailureKind.PROMPT
            return CliFailure(kind, f"{call} asked a question that there is no answer for: {asked}")


def _without_body(message: str) -> str:
    """Of a refusal to list keys only the status: a garbled answer's body may hold the keys themselves."""
    found = re.match(r".*?status \d{3}", message, re.DOTALL)
    return found.group(0) if found else message.split("\n", 1)[0][:200]


def _shortened(message: str) -> str:
    """2.99 dumps its own bundled source before some errors: what is too long to read is cut to its last lines."""
    if len(message) <= _LONGEST:
        return message
    return "…" + message[-_LONGEST:].split("\n", 1)[-1]


_LONGEST = 2000
