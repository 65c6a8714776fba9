"""What has to be there before anything is asked or sent: settings, credentials, files."""

from supa_deploy.errors import AuthFailed, PreflightFailed, UsageError
from supa_deploy.migrations import Discovery, discover
from supa_deploy.run import Run
from supa_deploy.supabase import Linked, Supabase


def require_files(run: Run, *, may_be_empty: bool) -> Discovery:
    """The project's migration files; what the CLI would pass over is told. Raises PreflightFailed where the CLI would
    push nothing and call it done."""
    discovery = discover(run.settings.workdir)
    if discovery.disabled:
        raise PreflightFailed(
            "supabase/config.toml says [db.migrations] enabled = false: the Supabase CLI would push "
            "nothing and call it done. Nothing was touched.",
            hint="Set it to true, or take the line out.",
            code="migrations_disabled",
        )
    for skipped in discovery.skipped:
        run.journal.notice(f"{skipped.file} is passed over: {skipped.reason}")
    if not (discovery.migrations or may_be_empty):
        raise PreflightFailed(
            f"There is no migration file in {run.settings.migrations_dir}: the Supabase CLI would push "
            "nothing and call it done. Nothing was touched.",
            hint="Name the project's folder with --workdir, or make a file with `supabase migration new`: "
            "its name is <digits>_<name>.sql.",
            code="no_migrations",
        )
    return discovery


def require_settings(run: Run, supabase: Supabase, *, verifies: bool) -> None:
    """Names every missing setting at once. Raises AuthFailed when only credentials are missing, UsageError
    otherwise."""
    settings = run.settings
    missing: list[str] = []
    if isinstance(supabase.target, Linked):
        if supabase.login.token is None and not supabase.login.keyring:
            missing.append("SUPABASE_ACCESS_TOKEN (or run `supabase login`)")
        if settings.db_password is None and not supabase.can_do_without_password:
            missing.append("SUPABASE_DB_PASSWORD")
        if missing:
            raise AuthFailed(
                f"Not set: {', '.join(missing)}. Nothing was touched.",
                hint="Set them in the environment or in .env; `supa-deploy doctor` looks at all of them.",
                code="missing_credentials",
            )
        return
    if verifies and settings.api_url is None:
        missing.append("SUPABASE_URL")
    if verifies and settings.secret_key is None:
        missing.append("SUPABASE_SECRET_KEY (or SUPABASE_SERVICE_ROLE_KEY)")
    if missing:
        raise UsageError(
            f"Not set: {', '.join(missing)}. With a database URL the Data API has to be named to be asked. "
            "Nothing was touched.",
            hint="Set them, or give --no-verify to go without confirmation.",
            code="missing_settings",
        )
