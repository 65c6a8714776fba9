"""What an answer of the Data API means, keyed on its `code`; message text counts only for the relation that a
42501 names (facts/postgrest.md 2.2, 3 and 6)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.http import Answer, FailureKind, Reply, TransportFailure

_DENIED = re.compile(
    r"permission denied for (?P<kind>table|view|materialized view|foreign table|relation|schema|function|sequence) "
    r"(?P<name>.+)\Z",
    re.DOTALL,
)
_CODE = re.compile(r"[0-9A-Z]{5}\Z|PGRST[0-9A-Z]{3}\Z")
_LONGEST_QUOTE = 200


class Said(StrEnum):
    """The answers a probe can get."""

    PRESENT = "present"
    NO_TABLE = "no table"  # 42P01: PostgreSQL itself says so
    NOT_CACHED = "not in the schema cache"  # PGRST205: missing, or the cache is stale
    NO_COLUMN = "no column"
    FUNCTION_NAME = "a function's name, no column"
    DENIED = "permission denied"
    NOT_EXPOSED = "schema not exposed"
    NO_RELATIONSHIP = "no relationship"
    NOT_TO_ONE = "no relationship in this direction"
    SEVERAL = "more than one candidate"
    NO_FUNCTION = "no such function in the schema cache"
    FUNCTION_GONE = "no such function"
    BROKEN = "fails in the database"
    REFUSED = "key refused"
    UNAVAILABLE = "unavailable"
    NOT_ASKED = "not asked"


_SAID = {
    "42P01": Said.NO_TABLE,
    "PGRST205": Said.NOT_CACHED,
    "42703": Said.NO_COLUMN,
    "42803": Said.FUNCTION_NAME,
    "42809": Said.FUNCTION_NAME,
    "42501": Said.DENIED,
    "PGRST106": Said.NOT_EXPOSED,
    "PGRST200": Said.NO_RELATIONSHIP,
    "PGRST118": Said.NOT_TO_ONE,
    "PGRST201": Said.SEVERAL,
    "PGRST203": Said.SEVERAL,
    "PGRST202": Said.NO_FUNCTION,
    "42883": Said.FUNCTION_GONE,
    "22023": Said.REFUSED,  # the role that the key names does not exist
    "PGRST125": Said.UNAVAILABLE,  # not the path of a Data API
    "55P03": Said.UNAVAILABLE,
}
# PostgREST's own connection trouble and key trouble; connections, conflicts, resources, shutdowns of PostgreSQL
_SAID_OF_CLASS = {"PGRST0": Said.UNAVAILABLE, "PGRST3": Said.REFUSED} | dict.fromkeys(
    ("08", "28", "40", "53", "57", "58"), Said.UNAVAILABLE
)


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """One answer: what was said, PostgREST's or PostgreSQL's `code` where there is one, the words for a person
    (never the key), what a 42501 names (`table`, `schema`… and its name), what a 300 lists, and the seconds
    after which to ask again."""

    said: Said
    words: str = ""
    code: str | None = None
    denied_kind: str | None = None
    denied_name: str | None = None
    listed: tuple[str, ...] = ()
    retry_after: float | None = None

    def denies(self, name: str) -> bool:
        """True when privileges on this very relation are what is missing: then it exists, and so do all the
        selected columns, which PostgreSQL looks up before it looks at privileges."""
        return (
            self.said is Said.DENIED
            and self.denied_name == name
            and self.denied_kind not in {"schema", "function"}
        )


def read_answer(reply: Reply) -> ProbeAnswer:
    """What a reply to any probe but the root's means."""
    if isinstance(reply, TransportFailure):
        said = Said.REFUSED if reply.kind is FailureKind.INVALID else Said.UNAVAILABLE
        return ProbeAnswer(said, reply.message)
    if reply.status in {200, 206} and reply.json == []:
        return ProbeAnswer(Said.PRESENT)
    code = code_of(reply)
    words = words_of(reply)
    if code is None:
        said = Said.REFUSED if reply.status in {401, 403} else Said.UNAVAILABLE
        return ProbeAnswer(said, words, retry_after=reply.retry_after)
    said = _SAID.get(code) or _SAID_OF_CLASS.get(code[:6]) or _SAID_OF_CLASS.get(code[:2]) or Said.BROKEN
    denied = _DENIED.match(_text(reply, "message")) if said is Said.DENIED else None
    return ProbeAnswer(
        said,
        words,
        code,
        denied_kind=denied["kind"] if denied else None,
        denied_name=denied["name"] if denied else None,
        listed=_listed(reply) if said is Said.SEVERAL else (),
        retry_after=reply.retry_after,
    )


def code_of(answer: Answer) -> str | None:
    """The `code` of an error body; None for gateways' bodies, HTML, empty ones and whatever else is not
    PostgREST's."""
    code = answer.json.get("code") if isinstance(answer.json, dict) else None
    return code if isinstance(code, str) and _CODE.match(code) and answer.status >= 300 else None


def words_of(answer: Answer) -> str:
    """An error in words for a person: the body's own where it has any."""
    message = _text(answer, "message") or _text(answer, "msg") or _text(answer, "error")
    code = code_of(answer)
    head = f"HTTP {answer.status}" + (f" {code}" if code else "")
    if message:
        return f"{head}: {message[:_LONGEST_QUOTE]}"
    if not answer.body:
        return f"{head} with an empty body"
    return f"{head} with a body that is not the Data API's"


def _text(answer: Answer, name: str) -> str:
    value = answer.json.get(name) if isinstance(answer.json, dict) else None
    return value if isinstance(value, str) else ""


def _listed(answer: Answer) -> tuple[str, ...]:
    details = answer.json.get("details") if isinstance(answer.json, dict) else None
    entries = details if isinstance(details, list) else []
    relationships = (entry.get("relationship") for entry in entries if isinstance(entry, dict))
    return (*(text for text in relationships if isinstance(text, str)), _text(answer, "message"))
