"""The database password, tried against the database at once; the Data API's keys, fetched.

What tries it is the reading of the history (`migration list`), in a private folder: in the project's own, CLI 3 passes
the password over where the folder is linked to another project, and no generation's `link` tries it but the Go CLI's.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from supa_deploy.errors import AuthFailed, Interrupted, SupaDeployError, Unreachable
from supa_deploy.http import Http
from supa_deploy.onboard.account import profile_of, token_of
from supa_deploy.onboard.setup import Setup
from supa_deploy.supabase import ApiKeys, Binary, Linked, Management, Project, Supabase, find_login
from supa_deploy.supabase.dialect import Dialect

_SIGNED_OUT = "28"  # SQLSTATE class 28: invalid authorization


def find_password(setup: Setup, binary: Binary, dialect: Dialect, project: Project) -> None:
    """A password that the database took, or none where the CLI can do without: the settings', else one that is asked
    for until it does. Raises AuthFailed for one that is refused and that no answer can replace, Unreachable when the
    database does not answer."""
    name = "SUPABASE_DB_PASSWORD"
    link = f"{profile_of(setup).dashboard_url}/project/{project.ref}/database/settings"
    password = setup.settings.db_password
    asks = password is None
    if asks and setup.person is not None:
        _explain(setup, dialect, link)
    while True:
        if asks and setup.person is not None:
            password = setup.confided("Database password (not shown):", may_be_empty=dialect.login_role)
            setup.know(name, setup.env_file.name, db_password=password)
        refusal = _try(setup, binary, project)
        if refusal is None:
            break
        if not _is_wrong(refusal):
            _again_or_raise(setup, refusal)
            asks = password is None
            continue
        source = "as typed" if asks else setup.settings.sources.get(name, "settings")
        if setup.person is None or setup.is_told(name):
            raise AuthFailed(
                f"The database refused the password ({source}). Nothing was sent to it.{setup.kept}",
                hint=f"Set {name} to the right one; a new one can be set at {link}",
                code="password_refused",
                sqlstate=refusal.sqlstate,
            )
        setup.person.hears(f"The database refused the password ({source}). A new one can be set at {link}")
        setup.know(name, setup.env_file.name, db_password=None)
        asks = True
    setup.keep()
    how = "accepted" if setup.settings.db_password else "none: a temporary login role was accepted"
    setup.found("password", how)


def _explain(setup: Setup, dialect: Dialect, link: str) -> None:
    without = (
        "\nEmpty: the CLI gets a temporary login role with the access token." if dialect.login_role else ""
    )
    if setup.person is not None:
        setup.person.hears(f"The project's database password (forgotten? set a new one at {link}).{without}")


def _try(setup: Setup, binary: Binary, project: Project) -> SupaDeployError | None:
    """None when the history could be read, else why not."""
    with (
        setup.run.journal.step("password") as step,
        tempfile.TemporaryDirectory(prefix="supa-deploy-try-") as folder,
    ):
        (Path(folder) / "supabase").mkdir()
        settings = replace(setup.settings, workdir=Path(folder), profile=_profile(setup))
        target = Linked(project.ref, profile_of(setup).project_host)
        with Supabase(binary, target, settings, setup.run.deadline, setup.run.interrupt) as supabase:
            try:
                supabase.link()
                supabase.history()
            except (AuthFailed, Unreachable) as error:
                setup.run.check_interrupt()
                step.fail("refused" if _is_wrong(error) else error.message.splitlines()[0])
                return error
    return None


def _profile(setup: Setup) -> str | None:
    """The profile as it is meant from any folder: a file's path is relative to the project's."""
    told = find_login(setup.settings).profile
    file = setup.settings.workdir / Path(told).expanduser() if told else None
    return str(file.resolve()) if file is not None and file.is_file() else told


def _is_wrong(error: SupaDeployError) -> bool:
    return isinstance(error, AuthFailed) and (error.sqlstate or "").startswith(_SIGNED_OUT)


def _again_or_raise(setup: Setup, error: SupaDeployError) -> None:
    if setup.person is not None:
        setup.person.hears("\n".join(part for part in (error.message, error.hint) if part))
    if not setup.agrees("Try again?", default=True):
        raise error


def find_keys(setup: Setup, binary: Binary, project: Project) -> None:
    """The Data API's keys, as the project has them now. One that is set and is none of them is told, and replaced
    where that can be. Never raises for keys that cannot be had: the last screen says so."""
    with setup.run.journal.step("keys") as step:
        keys = _fetch(setup, binary, project)
        if isinstance(keys, SupaDeployError) or keys.secret is None:
            why = keys.message if isinstance(keys, SupaDeployError) else "the project shows no secret key"
            step.fail(why.splitlines()[0])
            said = f"not fetched: {why.splitlines()[0]}"
            setup.found(
                "API keys",
                said,
                ok=None,
                next_step="Set SUPABASE_SECRET_KEY to confirm through the Data API.",
            )
            return
        setup.learned.extend((*keys.secrets, *([keys.publishable] if keys.publishable else [])))
        _take(setup, keys)
    setup.keep()


def _fetch(setup: Setup, binary: Binary, project: Project) -> ApiKeys | SupaDeployError:
    profile = profile_of(setup)
    with Http(setup.run.deadline, setup.run.interrupt) as http:
        keys = Management(http, profile.api_url, project.ref, token_of(setup)).api_keys()
    setup.run.check_interrupt()
    if keys is not None:
        return keys
    target = Linked(project.ref, profile.project_host)
    with Supabase(binary, target, setup.settings, setup.run.deadline, setup.run.interrupt) as supabase:
        try:
            return supabase.api_keys()
        except Interrupted:
            raise
        except SupaDeployError as error:
            return error


def _take(setup: Setup, keys: ApiKeys) -> None:
    known = setup.settings.secret_key
    if known is not None and known in keys.secrets:
        setup.found("API keys", "the secret key is one of the project's")
    elif known is not None and setup.is_told("SUPABASE_SECRET_KEY"):
        source = setup.settings.sources["SUPABASE_SECRET_KEY"]
        said = f"SUPABASE_SECRET_KEY ({source}) is none of this project's keys"
        setup.found(
            "API keys", said, ok=False, next_step="Unset it: the right one is fetched with the token."
        )
    else:
        setup.know("SUPABASE_SECRET_KEY", setup.env_file.name, secret_key=keys.secret)
        replaced = " (the one in the env file was none of this project's)" if known is not None else ""
        setup.found("API keys", f"fetched{replaced}")
    if keys.publishable is not None and not setup.is_told("SUPABASE_PUBLISHABLE_KEY"):
        setup.know("SUPABASE_PUBLISHABLE_KEY", setup.env_file.name, publishable_key=keys.publishable)
