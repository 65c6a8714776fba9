"""What the Data API has said so far, gathered on demand.

Judges ask for the readings they need; what is not there yet is noted, asked side by side with everything else
that is wanted, and the judges look again. What may have been said out of a stale schema cache, or not at all, is
forgotten and asked anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from supa_deploy.model import Verdict
from supa_deploy.postgrest import DataApi, ProbeAnswer, Root, RootClosed, RootReading, Said, ask, parse_root
from supa_deploy.postgrest.probes import CANARY, Probe, RelationProbe, RootProbe
from supa_deploy.schema import QName

RootSource = Callable[[str], object | None]
"""Gives the OpenAPI document of a schema from elsewhere (the Management API), None when it cannot."""


class Wait(StrEnum):
    """Why asking again may give another answer."""

    CACHE = "the schema cache may be stale"
    API = "the API is unavailable"


@dataclass(frozen=True, slots=True)
class Question:
    """A probe and who puts it: the key that verifies, or the visitors' key."""

    probe: Probe
    as_visitor: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the evidence says of one promise. `wait` says why to look again, after forgetting `upon`;
    `unavailable` why the API could not be asked; `in_part`: confirmed, but not all of it was seen."""

    verdict: Verdict
    detail: str | None = None
    wait: Wait | None = None
    upon: tuple[Question, ...] = ()
    unavailable: str | None = None
    in_part: bool = False


class Evidence:
    """Readings by question. `api` None: there is no key, only roots from elsewhere can be read."""

    def __init__(
        self,
        api: DataApi | None,
        visitor: DataApi | None = None,
        root_source: RootSource | None = None,
        why_no_key: str | None = None,
    ) -> None:
        self._api = api
        self._visitor = visitor
        self._root_source = root_source
        self._why_no_key = why_no_key or "there is no Data API key"
        self._known: dict[Question, ProbeAnswer | RootReading] = {}
        self._wanted: dict[Question, None] = {}
        self._retry_after = 0.0
        self._stale: set[str] = set()

    @property
    def role(self) -> str:
        """The role that the verifying key stands for."""
        return self._api.role if self._api else "service_role"

    @property
    def has_visitor(self) -> bool:
        """True when a second look as the visitors' role is possible."""
        return self._visitor is not None

    def of(self, probe: Probe, *, as_visitor: bool = False) -> ProbeAnswer | None:
        """The answer to a probe; None (and noted as wanted) while it has not been asked."""
        if self._api is None:
            return ProbeAnswer(Said.NOT_ASKED, self._why_no_key)
        question = Question(probe, as_visitor)
        reading = self._reading(question)
        return cast("ProbeAnswer | None", reading)  # only root probes are read as anything else

    def root(self, schema: str) -> RootReading | None:
        """The root of a schema; None while it has not been asked."""
        return self._reading(Question(RootProbe(schema)))

    def credible(self, schema: str) -> bool | None:
        """Whether a plain yes of this API means anything: it has shown a readable root, or denies a table that
        nobody has. None while that has not been asked."""
        root = self.root(schema)
        if root is None or isinstance(root, Root):
            return None if root is None else True
        denied = self.of(RelationProbe(QName(schema, CANARY)))
        return None if denied is None else denied.said is not Said.PRESENT

    def mark_stale(self, schema: str) -> None:
        """Notes that the schema cache lacks something that PostgreSQL has."""
        self._stale.add(schema)

    def is_stale(self, schema: str) -> bool:
        """True when the schema cache is known to lag behind PostgreSQL."""
        return schema in self._stale

    def ask(self) -> bool:
        """Puts everything that is wanted; False when nothing is."""
        questions = tuple(self._wanted)
        self._wanted.clear()
        asked = [(self._asked_by(question), question.probe) for question in questions]
        answerable = [(api, probe) for api, probe in asked if api is not None]
        readings = iter(ask(answerable, answerable[0][0].http) if answerable else ())
        for question, (api, _) in zip(questions, asked, strict=True):
            reading = next(readings) if api is not None else RootClosed(self._why_no_key)
            if isinstance(reading, ProbeAnswer) and reading.retry_after:
                self._retry_after = max(self._retry_after, reading.retry_after)
            self._known[question] = self._from_elsewhere(question, reading)
        return bool(questions)

    def asked_to_wait(self) -> float:
        """The seconds that answers since the last time asked to wait (`Retry-After`)."""
        seconds, self._retry_after = self._retry_after, 0.0
        return seconds

    def forget(self, questions: Iterable[Question]) -> None:
        """Drops readings so that they are asked anew."""
        for question in questions:
            self._known.pop(question, None)
        self._stale.clear()

    def _reading(self, question: Question) -> ProbeAnswer | RootReading | None:
        reading = self._known.get(question)
        if reading is None:
            self._wanted[question] = None
        return reading

    def _asked_by(self, question: Question) -> DataApi | None:
        return self._visitor if question.as_visitor else self._api

    def _from_elsewhere(
        self, question: Question, reading: ProbeAnswer | RootReading
    ) -> ProbeAnswer | RootReading:
        if not isinstance(reading, RootClosed) or self._root_source is None:
            return reading
        return parse_root(self._root_source(question.probe.schema)) or reading
