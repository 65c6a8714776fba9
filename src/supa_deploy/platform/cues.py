"""Misbehaviour on cue, as tests ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from supa_deploy.platform.faults import Action, Fault
from supa_deploy.platform.link import Link
from supa_deploy.platform.protocol import DirectHost, Message, Verb

_STARTING_BODY = (
    '{"code":"PGRST002","details":null,"hint":null,'
    '"message":"Could not query the database for the schema cache. Retrying."}'
)


@dataclass(frozen=True, slots=True)
class Faults:
    """Misbehaviour on cue, for tests; `Platform.reset` and `clear` end all of it.

    `path` is a regular expression matched at the start of a request's path, such as
    `/v1/projects/[^/]+$` or `/rest/v1/`."""

    _link: Link

    def answer(
        self,
        path: str,
        status: int,
        body: str = "",
        *,
        times: int | None = None,
        after: int = 0,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        wait: float = 0.0,
    ) -> None:
        """Answers with this status and body instead, `times` times (None: for ever) after `after` good ones."""
        pairs = tuple((headers or {}).items())
        fault = Fault(path, Action.ANSWER, status, body, pairs, content_type, method, times, after, wait)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def hang(self, path: str, *, times: int | None = None, after: int = 0, method: str | None = None) -> None:
        """Accepts the request and never answers."""
        fault = Fault(path, Action.HANG, times=times, after=after, method=method)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def close(
        self, path: str, *, times: int | None = None, after: int = 0, method: str | None = None
    ) -> None:
        """Closes the connection without an answer."""
        fault = Fault(path, Action.CLOSE, times=times, after=after, method=method)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def data_api_starting(self, times: int | None = None) -> None:
        """The Data API answers 503 PGRST002, as while it loads its schema cache."""
        self.answer("/rest/v1", 503, _STARTING_BODY, times=times, headers={"Retry-After": "0"})

    def data_api_refuses_key(self) -> None:
        """The gateway refuses every API key."""
        hint = "Double check your Supabase `anon` or `service_role` API key."
        self.answer("/rest/v1", 401, f'{{"message":"Invalid API key","hint":"{hint}"}}')

    def stale(self, until_request: int | None = None) -> None:
        """PostgREST hears of no change any more: for ever, or until so many Data API requests have passed."""
        self._link.ask(Message(Verb.STALE, number=until_request))

    def project_status(self, status: str) -> None:
        """The project's status in the Management API (`INACTIVE` is a paused project)."""
        self._link.ask(Message(Verb.STATUS, text=status))

    def direct_host(self, to: DirectHost) -> None:
        """Where `db.<ref>.<host>` leads (namespaces only); the pooler's name stays good."""
        self._link.ask(Message(Verb.DIRECT_HOST, text=to.value))

    def freeze_database(self) -> None:
        """PostgreSQL is stopped in its tracks: connections are accepted and never answered."""
        self._link.ask(Message(Verb.FREEZE))

    def database_without_tls(self) -> None:
        """PostgreSQL takes plain connections only."""
        self._link.ask(Message(Verb.NO_TLS))

    def clear(self) -> None:
        """Everything behaves again; what the database holds stays."""
        self._link.ask(Message(Verb.CLEAR))
