"""Asks two witnesses whether what the files promise is really there: the Data API, and the database's catalog.

The story: list the promises, let each be judged by the evidence, gather what the judges want side by side, look
again at whatever a stale cache or an unavailable API may have got wrong, hear the catalog, and say what is known.
"""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.model import Check, Failure, Traffic, Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.postgrest import DataApi
from supa_deploy.schema import Doubt, Schema
from supa_deploy.verify.catalog import Account, CatalogReading, CatalogWitness
from supa_deploy.verify.evidence import Evidence, Opinion, RootSource, Wait
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.promises import promises_of
from supa_deploy.verify.schemas import schemas_of
from supa_deploy.verify.witnesses import together

__all__ = [
    "AT_ONCE",
    "PATIENT",
    "CatalogReading",
    "Patience",
    "RootSource",
    "Verification",
    "schemas_of",
    "verify",
]

_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds; a cache of ten tables reloads in 0.13 to 0.18
_PRIVATE_ON_PURPOSE = frozenset({Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to look again (seconds, within the run's deadline): at what a stale schema cache may hide (a
    reload takes 0.1 to 2.5 s), and at an API that gives no answer."""

    cache: float = 12.0
    api: float = 120.0


PATIENT = Patience()
AT_ONCE = Patience(cache=0.0, api=10.0)
"""For a look at what is expected not to be there yet."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the witnesses said, in the order of the files. `available` is False when the API could not be asked
    about some of it, and `reason` says why; `without_catalog` says why there is no second witness, where one was
    called.

    Without the API the outcome stays UNVERIFIED even when the catalog confirms every object: that people can reach
    them through the API (its schema cache, grants as it sees them, exposed schemas) only the API can tell. Of
    promises that the API never shows (an index, a policy) it is not asked, so these alone end in OK.
    """

    checks: tuple[Check, ...] = ()
    available: bool = True
    reason: str | None = None
    traffic: Traffic = field(default_factory=Traffic)
    without_catalog: str | None = None

    @property
    def unseen(self) -> int:
        """How many promises no witness can see."""
        return sum(check.verdict is Verdict.NOT_CHECKABLE for check in self.checks)

    def failures(self, *, require_api: bool = False) -> tuple[Check, ...]:
        """The checks that fail the verification."""
        return tuple(
            check
            for check in self.checks
            if check.verdict.is_failure or (require_api and check.verdict in _PRIVATE_ON_PURPOSE)
        )

    def outcome(self, *, require_api: bool = False) -> Outcome:
        """VERIFICATION_FAILED when something is known to be wrong, UNVERIFIED when the API could not be asked."""
        if self.failures(require_api=require_api):
            return Outcome.VERIFICATION_FAILED
        return Outcome.OK if self.available else Outcome.UNVERIFIED

    def failure(self, *, require_api: bool = False, recorded: bool = True) -> Failure | None:
        """The outcome in words, None when all is well. `recorded`: the history has every migration asked about."""
        outcome = self.outcome(require_api=require_api)
        if outcome is Outcome.VERIFICATION_FAILED:
            return _failed(self.failures(require_api=require_api), recorded=recorded)
        if outcome is Outcome.UNVERIFIED:
            history = "The history has the migrations; nothing" if recorded else "Nothing"
            return Failure(
                outcome.label,
                f"The Data API could not be asked: {self.reason}. {history} is known to be wrong, and "
                f"{_confirmed_without(self.checks)}.",
                "Once the API answers, run `supa-deploy verify`.",
            )
        return None


def verify(
    schema: Schema,
    versions: Collection[str] | None,
    api: DataApi | None,
    *,
    http: Http,
    deadline: Deadline,
    interrupt: Interrupt,
    visitor: DataApi | None = None,
    why_no_key: str | None = None,
    roots: RootSource | None = None,
    patience: Patience = PATIENT,
    catalog: Callable[[], CatalogReading] | None = None,
) -> Verification:
    """Judges everything that `schema` promises, or what `versions` made of it.

    `api` asks with the verifying key; None when there is none (`why_no_key` says why), and then only `roots`
    (OpenAPI documents by schema, from the Management API) can tell. `visitor` asks with the visitors' key.
    `catalog` hands over the second witness's reading once the API has been asked (it may wait for one under way).
    Reads only; ends within the deadline, and soon after a signal. Never raises for an API that cannot be asked.
    """
    before = http.traffic
    promises = promises_of(schema, versions)
    reading = catalog() if catalog and api is None and roots is None and promises else None
    if api is None and roots is None and promises and (reading is None or reading.found is None):
        reason = why_no_key or "there is no Data API key"
        return Verification(
            available=False, reason=reason, without_catalog=reading.reason if reading else None
        )
    evidence = Evidence(api, visitor, roots, why_no_key)
    opinions = _settle(promises, evidence, _Waiting(patience, deadline, interrupt))
    if reading is None and catalog and promises:
        reading = catalog()
    checks = tuple(_checks(promises, opinions, schema, reading))
    reasons = [opinion.unavailable for opinion in opinions if opinion.unavailable]
    if interrupt.requested:
        reasons.insert(0, "interrupted")
    spent = Traffic(http.traffic.requests - before.requests, http.traffic.bytes - before.bytes)
    why_not = reading.reason if reading and reading.found is None else None
    return Verification(checks, not reasons, reasons[0] if reasons else None, spent, why_not)


class _Waiting:
    """Decides whether to look again, and waits."""

    def __init__(self, patience: Patience, deadline: Deadline, interrupt: Interrupt) -> None:
        self._patience = patience
        self._deadline = deadline
        self._interrupt = interrupt
        self._started = time.monotonic()
        self._answering_since: float | None = None
        self._round = 0

    def again(self, reasons: set[Wait], asked_for: float) -> bool:
        """True after a pause when there is a reason, patience and time to look again. A cache is given its time
        from when the API first answers."""
        now = time.monotonic()
        if Wait.API in reasons:
            self._answering_since = None
            left = self._patience.api - (now - self._started)
        else:
            if self._answering_since is None:
                self._answering_since, self._round = now, 0
            left = self._patience.cache - (now - self._answering_since)
        pause = max(_PAUSES[min(self._round, len(_PAUSES) - 1)], asked_for)
        self._round += 1
        if not reasons or left <= 0 or pause >= self._deadline.left or self._interrupt.requested:
            return False
        return not self._interrupt.pause(min(pause, left))


def _settle(promises: tuple[Promise, ...], evidence: Evidence, waiting: _Waiting) -> list[Opinion]:
    """Opinions on all promises: asks what judges want, and asks anew what may be answered otherwise later."""
    while True:
        judged = [promise.judge(evidence) for promise in promises]
        if evidence.ask():
            continue
        opinions = [opinion for opinion in judged if opinion is not None]
        doubtful = [opinion for opinion in opinions if opinion.wait]
        reasons = {opinion.wait for opinion in doubtful if opinion.wait}
        if not waiting.again(reasons, evidence.asked_to_wait()):
            return opinions
        evidence.forget(question for opinion in doubtful for question in opinion.upon)


def _checks(
    promises: tuple[Promise, ...], opinions: list[Opinion], schema: Schema, reading: CatalogReading | None
) -> Iterator[Check]:
    witness = CatalogWitness(reading, schema) if reading else None
    for promise, opinion in zip(promises, opinions, strict=True):
        yield _check(promise, opinion, witness.testify(promise) if witness else None, schema.doubts)


def _check(promise: Promise, opinion: Opinion, account: Account | None, doubts: tuple[Doubt, ...]) -> Check:
    doubt = promise.uncertain or _doubt(promise, doubts)
    judged = together(opinion, account, doubt=doubt, kind=promise.object, dropped=promise.dropped)
    return Check(
        object=promise.object,
        schema=promise.schema,
        name=promise.name,
        column=promise.column,
        migration=promise.origin.version,
        verdict=judged.verdict,
        witness=judged.witness,
        detail=judged.detail,
        table=promise.table,
        dropped=promise.dropped,
    )


def _doubt(promise: Promise, doubts: tuple[Doubt, ...]) -> str | None:
    """The statement that may have undone the promise: one that names it, wherever it stands, or one that may
    touch anything and comes later."""
    made_at = (promise.origin.version, promise.origin.line)
    for doubt in doubts:
        comes_later = (doubt.origin.version, doubt.origin.line) >= made_at
        if doubt.may_touch & promise.about or (not doubt.may_touch and comes_later):
            return f"{doubt.reason} ({doubt.origin.file}:{doubt.origin.line})"
    return None


def _confirmed_without(checks: tuple[Check, ...]) -> str:
    """What is confirmed although the API was silent."""
    seen = sum(check.verdict is Verdict.CONFIRMED and check.witness is Witness.CATALOG for check in checks)
    if not seen:
        return "not everything is confirmed"
    return f"the catalog confirms {seen} of {len(checks)}; whether the API shows them, only the API can tell"


def _failed(failures: tuple[Check, ...], *, recorded: bool) -> Failure:
    listed = "; ".join(f"{_words(check)}: {check.verdict.value.replace('_', ' ')}" for check in failures[:5])
    more = f"; and {len(failures) - 5} more" if len(failures) > 5 else ""
    return Failure(
        Outcome.VERIFICATION_FAILED.label,
        f"The history has the migrations, but the database does not show all that they promise: {listed}{more}."
        if recorded
        else f"The database does not show all that the files promise: {listed}{more}.",
        "See what each check says; mend it with a new migration, and run `supa-deploy verify` again."
        if recorded
        else "`supa-deploy deploy` applies what is not in the history yet.",
    )


def _words(check: Check) -> str:
    place = f"{check.schema}." if check.schema != "public" else ""
    own = f"{check.table}.{check.column or check.name}" if check.table else check.name
    return f"{check.object.value.replace('_', ' ')} {place}{own}"
