"""Asks the Data API whether what the files promise is really there.

The story: list the promises, let each be judged by the evidence, gather what the judges want side by side, look
again at whatever a stale cache or an unavailable API may have got wrong, and say what is known.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.model import Check, Failure, Traffic, Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.postgrest import DataApi
from supa_deploy.schema import Doubt, Schema
from supa_deploy.verify.evidence import Evidence, Opinion, RootSource, Wait
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.promises import promises_of

__all__ = ["AT_ONCE", "PATIENT", "Patience", "RootSource", "Verification", "verify"]

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
    about some of it, and `reason` says why."""

    checks: tuple[Check, ...] = ()
    available: bool = True
    reason: str | None = None
    traffic: Traffic = field(default_factory=Traffic)

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
                f"The Data API could not be asked: {self.reason}. {history} is known to be wrong, and not everything "
                "is confirmed.",
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
) -> Verification:
    """Judges everything that `schema` promises, or what `versions` made of it.

    `api` asks with the verifying key; None when there is none (`why_no_key` says why), and then only `roots`
    (OpenAPI documents by schema, from the Management API) can tell. `visitor` asks with the visitors' key.
    Reads only; ends within the deadline, and soon after a signal. Never raises for an API that cannot be asked.
    """
    before = http.traffic
    promises = promises_of(schema, versions)
    if api is None and roots is None and promises:
        return Verification(available=False, reason=why_no_key or "there is no Data API key")
    evidence = Evidence(api, visitor, roots, why_no_key)
    opinions = _settle(promises, evidence, _Waiting(patience, deadline, interrupt))
    checks = tuple(
        _check(promise, opinion, schema.doubts) for promise, opinion in zip(promises, opinions, strict=True)
    )
    reasons = [opinion.unavailable for opinion in opinions if opinion.unavailable]
    if interrupt.requested:
        reasons.insert(0, "interrupted")
    spent = Traffic(http.traffic.requests - before.requests, http.traffic.bytes - before.bytes)
    return Verification(checks, not reasons, reasons[0] if reasons else None, spent)


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


def _check(promise: Promise, opinion: Opinion, doubts: tuple[Doubt, ...]) -> Check:
    verdict, detail = opinion.verdict, opinion.detail
    doubt = promise.uncertain or _doubt(promise, doubts)
    if verdict.is_failure and doubt:
        verdict, detail = Verdict.NOT_CHECKABLE, f"{doubt}, so what the API says is no proof: {detail}"
    witness = Witness.NONE if verdict is Verdict.NOT_CHECKABLE else Witness.POSTGREST
    return Check(
        object=promise.object,
        schema=promise.schema,
        name=promise.name,
        column=promise.column,
        migration=promise.origin.version,
        verdict=verdict,
        witness=witness,
        detail=detail,
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
