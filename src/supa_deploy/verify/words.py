"""The opinions and advice that every judge shares, in the words a person reads."""

from collections.abc import Callable

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Said
from supa_deploy.postgrest.names import sql_name, sql_qname
from supa_deploy.postgrest.probes import Probe
from supa_deploy.schema import QName
from supa_deploy.verify.evidence import Evidence, Opinion, Question, Wait

RELOAD = "NOTIFY pgrst, 'reload schema'"
SAYS_YES = ProbeAnswer(Said.UNAVAILABLE, "it says yes to whatever it is asked")
STALE_OR_MISSING = f"not visible to the Data API: missing, or its schema cache is stale; run {RELOAD};"


def confirmed(detail: str | None = None) -> Opinion:
    """A witness saw it."""
    return Opinion(Verdict.CONFIRMED, detail)


def confirmed_in_part(reservation: str | None = None) -> Opinion:
    """A witness saw it, but not all that is promised."""
    return Opinion(Verdict.CONFIRMED, reservation, in_part=True)


def not_checkable(reason: str) -> Opinion:
    """No witness can see it, and why."""
    return Opinion(Verdict.NOT_CHECKABLE, reason)


def does_not_show(what: str) -> str:
    """Why the Data API is no witness of it."""
    return f"the Data API does not show {what}"


def unseen(what: str) -> Callable[[Evidence], Opinion | None]:
    """The judge of what the Data API never shows."""
    return lambda _: not_checkable(does_not_show(what))


def not_visible(*upon: Probe) -> Opinion:
    """The schema cache does not have it: look again, then say so."""
    return Opinion(
        Verdict.NOT_VISIBLE, STALE_OR_MISSING, Wait.CACHE, tuple(Question(probe) for probe in upon)
    )


def no_answer(answer: ProbeAnswer, *upon: Probe) -> Opinion:
    """The API could not be asked (silence, garbage, 5xx: look again) or refuses the key (final)."""
    wait = Wait.API if answer.said is Said.UNAVAILABLE else None
    questions = tuple(Question(probe) for probe in upon)
    return Opinion(
        Verdict.NOT_CHECKABLE, f"the Data API gave no answer: {answer.words}", wait, questions, answer.words
    )


def not_exposed(schema: str) -> Opinion:
    """The schema is not among those that the Data API serves."""
    name = sql_name(schema)
    return Opinion(
        Verdict.NOT_EXPOSED,
        f"schema {name} is not exposed: add it to the API's exposed schemas (config.toml: [api] schemas), then "
        f"GRANT USAGE ON SCHEMA {name} TO anon, authenticated, service_role;",
    )


def denied(answer: ProbeAnswer, relation: QName, role: str) -> str:
    """What the role lacks, and the statement that would give it."""
    if answer.denied_kind == "schema":
        return f"{role} may not use the schema: GRANT USAGE ON SCHEMA {sql_name(relation.schema)} TO {sql_name(role)};"
    if answer.denied_name == relation.name:
        return f"{role} may not read it: GRANT SELECT ON {sql_qname(relation)} TO {sql_name(role)};"
    other = (
        f"{answer.denied_kind or 'object'} {answer.denied_name}" if answer.denied_name else "something else"
    )
    return f"reading it as {role} needs a privilege on {other}"
