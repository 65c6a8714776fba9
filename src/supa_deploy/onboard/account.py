"""The access token, tried by listing the account's projects; and which of them it shall be."""

from collections.abc import Sequence

from supa_deploy.errors import AuthFailed, PreflightFailed, Unreachable
from supa_deploy.http import Http
from supa_deploy.onboard.setup import Setup
from supa_deploy.secret import Secret
from supa_deploy.supabase import Management, Profile, Project, Refusal, find_login, read_profile
from supa_deploy.supabase.account import Account, Listed, is_access_token, read_account

_REFUSED = frozenset({401, 403})


def find_account(setup: Setup) -> Account:
    """The account, by a token that was tried: the settings', a login's, else one that is asked for until it does.
    Raises AuthFailed for one that is refused and that no answer can replace, Unreachable when the Management API
    does not answer."""
    profile = profile_of(setup)
    link = f"{profile.dashboard_url}/account/tokens"
    login = find_login(setup.settings)
    token, source = login.token, login.source or ""
    if token is not None:
        setup.learned.append(token)
    elif setup.person is not None:
        setup.person.hears(f"An access token lets the Supabase CLI manage your projects. Make one at {link}")
    while True:
        if token is None:
            token, source = _ask_token(setup), "as typed"
            setup.know("SUPABASE_ACCESS_TOKEN", setup.env_file.name, access_token=token)
        answer = _read(setup, profile, token)
        if isinstance(answer, Account):
            setup.keep()
            setup.found("token", f"accepted ({find_login(setup.settings).source})")
            return answer
        if answer.status not in _REFUSED:
            _again_or_raise(setup, f"{_sentence(answer)} The token could not be tried.")
            continue
        if setup.person is None or setup.is_told("SUPABASE_ACCESS_TOKEN"):
            raise AuthFailed(
                f"The access token ({source}) was refused: {answer.message}. Nothing was touched.",
                hint=f"Make one at {link} and set SUPABASE_ACCESS_TOKEN to it, or unset it to be asked for one.",
                code="token_refused",
            )
        setup.person.hears(
            f"The access token ({source}) was refused: {answer.message}. Make another at {link}"
        )
        setup.know("SUPABASE_ACCESS_TOKEN", source, access_token=None)
        token = None


def profile_of(setup: Setup) -> Profile:
    """The platform that the settings name."""
    return read_profile(find_login(setup.settings).profile, setup.settings.workdir)


def token_of(setup: Setup) -> Secret:
    """The token that was accepted."""
    token = find_login(setup.settings).token
    if token is None:
        raise setup.given_up()
    return token


def _ask_token(setup: Setup) -> Secret:
    while True:
        token = setup.confided("Access token (not shown):")
        if token is not None and is_access_token(token.reveal()):
            return token
        if setup.person is not None:
            setup.person.hears(
                "That is not an access token: one is sbp_ and 40 hex digits (a project's API key is something else)."
            )


def _read(setup: Setup, profile: Profile, token: Secret) -> Account | Refusal:
    with setup.run.journal.step("token") as step, Http(setup.run.deadline, setup.run.interrupt) as http:
        answer = read_account(http, profile.api_url, token)
        ref = setup.settings.project_ref
        if isinstance(answer, Refusal) and answer.status == 403 and ref is not None:
            # A token for one project alone need not be allowed to list them all.
            one = Management(http, profile.api_url, ref, token).project()
            answer = Account((Listed(one, ""),)) if isinstance(one, Project) else answer
        setup.run.check_interrupt()
        if isinstance(answer, Refusal):
            step.fail(answer.message)
        else:
            count = len(answer.projects)
            step.note = f"{count} project{'s' if count != 1 else ''}"
    return answer


def choose_project(setup: Setup, account: Account) -> Project:
    """The project of the settings, when the account has it; else the person picks one. Raises PreflightFailed for a
    paused one and for an account without any, AuthFailed for one that this account does not have."""
    profile = profile_of(setup)
    ref = setup.settings.project_ref
    project = account.project(ref) if ref is not None else None
    if ref is not None and project is None:
        _not_there(setup, ref)
    if project is None:
        project = _pick(setup, account, profile)
        setup.know("SUPABASE_PROJECT_REF", setup.env_file.name, project_ref=project.ref)
    if project.paused:
        raise PreflightFailed(
            f"The project {project.name} ({project.ref}) is paused. Nothing was sent to the database.",
            hint=f"{_restore(profile, project)}, wait until it is healthy, and run again.",
            code="project_paused",
        )
    setup.keep()
    setup.found("project", f"{project.name} ({project.ref}) is {project.status}", ok=project.healthy or None)
    return project


def _not_there(setup: Setup, ref: str) -> None:
    """The settings name a project that the account does not have: where an answer can change that, it is said."""
    source = setup.settings.sources.get("SUPABASE_PROJECT_REF", "settings")
    said = f"The account of this token has no project {ref} ({source})."
    if setup.person is None or setup.is_told("SUPABASE_PROJECT_REF"):
        raise AuthFailed(
            f"{said} Nothing was touched.",
            hint="Name one of its projects, or use the token of the account that has it.",
            code="no_such_project",
        )
    setup.person.hears(said)


def _pick(setup: Setup, account: Account, profile: Profile) -> Project:
    if not account.projects:
        raise PreflightFailed(
            "The account of this token has no project. Nothing was touched.",
            hint=f"Make one at {profile.dashboard_url}/new, and run again.",
            code="no_projects",
        )
    choices = _choices(account.projects)
    awake = [place for place, listed in enumerate(account.projects) if not listed.project.paused]
    default = awake[0] if len(awake) == len(account.projects) == 1 else None
    while True:
        place = setup.ask(lambda person: person.picks("Which project?", choices, default=default))
        if place is None:
            raise setup.given_up()
        project = account.projects[place].project
        if not project.paused:
            return project
        if setup.person is not None:
            setup.person.hears(f"{project.name} is paused. {_restore(profile, project)}, or pick another.")


def _choices(projects: Sequence[Listed]) -> tuple[str, ...]:
    """One line a project, in columns."""
    width = max(len(listed.project.name) for listed in projects)
    lines = []
    for listed in projects:
        project = listed.project
        status = "paused" if project.paused else project.status
        lines.append(f"{project.name:<{width}}  {project.ref}  {listed.region:<14}  {status}".rstrip())
    return tuple(lines)


def _restore(profile: Profile, project: Project) -> str:
    return f"Restore it at {profile.dashboard_url}/project/{project.ref}"


def _again_or_raise(setup: Setup, message: str) -> None:
    """Asks whether to try again what did not answer; raises Unreachable when nobody wants to."""
    if setup.person is not None:
        setup.person.hears(message)
    if not setup.agrees("Try again?", default=True):
        raise Unreachable(
            f"{message} Nothing was sent to the database.{setup.kept}",
            hint="Run the same command again in a minute.",
            code="api_unreachable",
        )


def _sentence(refusal: Refusal) -> str:
    return f"{refusal.message[0].upper()}{refusal.message[1:].rstrip('.')}."
