"""The remote side of one project: what the Management API says in one request, and the CLI wherever it does not.

The API's reads are a shortcut only. Whatever it answers that was not expected, the CLI is asked instead; and a
history that contradicts the CLI after a push is read again by the CLI itself (`plain=True`).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from supa_deploy.errors import AuthFailed, Interrupted, PreflightFailed, SupaDeployError, Unreachable
from supa_deploy.http import Http
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings
from supa_deploy.supabase import (
    ApiKeys,
    CliFailure,
    FailureKind,
    History,
    LinkAnswer,
    Linked,
    Management,
    Pending,
    Project,
    Refusal,
    Supabase,
    Survey,
)

_NOTHING = Survey(project=None, history=None, api_keys=None)


@dataclass(frozen=True, slots=True)
class DataApiKeys:
    """The keys the Data API is asked with. `why_none` says why there is no secret one."""

    secret: Secret | None
    publishable: Secret | None
    why_none: str | None = None


class Remote:
    """What is known of the remote side, read at most once where it cannot have changed."""

    def __init__(self, supabase: Supabase, http: Http, settings: Settings, *, want_keys: bool) -> None:
        self._supabase = supabase
        self._settings = settings
        self._wants_keys = want_keys and settings.secret_key is None
        self._management = _management(supabase, http)
        self._survey: Future[Survey] | None = None
        self._link: Pending[LinkAnswer] | None = None
        self._history: Pending[History] | None = None
        self._keys: Pending[ApiKeys] | None = None
        self._history_by_cli = False

    @property
    def api_url(self) -> str:
        """The project's base address: SUPABASE_URL, else the one its ref gives."""
        if self._settings.api_url:
            return self._settings.api_url
        ref = self._settings.project_ref
        return self._supabase.profile.data_api(ref) if ref else ""

    @property
    def secrets(self) -> Callable[[], tuple[Secret, ...]]:
        """Every secret known by the time it is called."""
        return lambda: self._supabase.secrets

    def begin(self) -> None:
        """Starts every read that needs nothing else first. From the main thread: calls of the CLI fork."""
        if isinstance(self._supabase.target, Linked):
            if self._supabase.link_skipped() is None or self._management is None:
                self._link = self._supabase.begin_link()
            if self._management is not None:
                pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="supa-deploy-survey")
                self._survey = pool.submit(self._management.survey)
                pool.shutdown(wait=False)
            elif self._wants_keys:
                self._keys = self._supabase.begin_api_keys()
        else:
            self._history = self._supabase.begin_history()

    def link(self) -> LinkAnswer:
        """The project is there and awake, and the CLI can find its database. Raises what stands in the way.

        Where the Management API does not say so itself, the CLI's own `link` is the judge, needed or not.
        """
        skipped = self._supabase.link_skipped()
        if not isinstance(self._supabase.target, Linked):
            return LinkAnswer(skipped=skipped)
        project = self._surveyed().project
        if not isinstance(project, Project):
            return self._linked_by_cli(project)
        if project.paused:
            raise _paused(project, self._supabase.profile.dashboard_url)
        if self._link is not None:
            return self._link.result()
        warning = f"The project's status is {project.status}: some operations may fail."
        return LinkAnswer(skipped=skipped, warnings=() if project.healthy else (warning,))

    def _linked_by_cli(self, refusal: Refusal | None) -> LinkAnswer:
        """What the CLI's `link` says. `refusal` is what the Management API said before: link's own words leave the
        status out, and with an empty body there is nothing else to tell a refused token by."""
        try:
            return (self._link or self._supabase.begin_link()).result()
        except (AuthFailed, Unreachable) as error:
            if refusal is None:
                raise
            said = f"{refusal.message[0].upper()}{refusal.message[1:]}"
            if isinstance(error, AuthFailed) or not refusal.of_token:
                message = f"{said}. {error.message}"
                raise type(error)(message, hint=error.hint, code=error.code) from None
            raise CliFailure(FailureKind.TOKEN, said, error.code).as_error() from None

    def history(self, *, final: bool = False, plain: bool = False) -> tuple[str, ...]:
        """The versions in the remote history, read now (`final`: with the time kept for the last reading;
        `plain`: by the CLI itself). Raises what a failure means."""
        if self._history is not None:
            pending, self._history = self._history, None
            return pending.result().versions
        if not plain and (said := self._history_by_api(final=final)) is not None:
            return said.versions
        return self._supabase.history(final=final).versions

    def keys(self) -> DataApiKeys:
        """The Data API's keys: the settings', else those the project has. Never raises: why there is none is
        part of the answer."""
        settings = self._settings
        if settings.secret_key is not None:
            return DataApiKeys(settings.secret_key, settings.publishable_key)
        if not isinstance(self._supabase.target, Linked):
            return DataApiKeys(None, settings.publishable_key, "SUPABASE_SECRET_KEY is not set")
        try:
            found = self._surveyed().api_keys or (self._keys or self._supabase.begin_api_keys()).result()
        except Interrupted:
            return DataApiKeys(None, settings.publishable_key, "interrupted")
        except SupaDeployError as error:
            return DataApiKeys(None, settings.publishable_key, error.message.rstrip("."))
        if found.secret is None:
            return DataApiKeys(
                None, settings.publishable_key, "the project has no secret key that can be read"
            )
        self._supabase.remember(found)
        return DataApiKeys(found.secret, settings.publishable_key)

    @property
    def project_name(self) -> str | None:
        """What the project is called, where the Management API says so."""
        project = self._surveyed().project
        return project.name if isinstance(project, Project) else None

    @property
    def has_roots(self) -> bool:
        """True when there is a Management API to ask for `roots`."""
        return self._management is not None

    def roots(self, schema: str) -> Mapping[str, object] | None:
        """The Data API's description of a schema, as the Management API shows it to the token alone."""
        return self._management.openapi(schema) if self._management is not None else None

    def _history_by_api(self, *, final: bool) -> History | None:
        """The shortcut's history. One that failed once is not waited for again."""
        if self._management is None or self._history_by_cli:
            return None
        said = self._management.history(final=True) if final else self._surveyed().history
        self._history_by_cli = said is None
        return said

    def _surveyed(self) -> Survey:
        return self._survey.result() if self._survey is not None else _NOTHING


def _management(supabase: Supabase, http: Http) -> Management | None:
    """The Management API of a linked project, where there is a token to speak to it with."""
    target, token = supabase.target, supabase.login.token
    if not isinstance(target, Linked) or token is None:
        return None
    return Management(http, supabase.profile.api_url, target.project_ref, token)


def _paused(project: Project, dashboard_url: str) -> PreflightFailed:
    return PreflightFailed(
        f"The project {project.name} ({project.ref}) is paused. Nothing was touched.",
        hint=f"Restore it at {dashboard_url}/project/{project.ref}, wait until it is healthy, and run again.",
        code="project_paused",
    )
