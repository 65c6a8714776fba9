"""Merging flags, environment, env files and what `supabase link` left into one Settings."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import AuthFailed, UsageError
from supa_deploy.secret import Secret
from supa_deploy.settings.envfile import env_files, read_env
from supa_deploy.settings.named import checked_name, no_such, refuse_mixture
from supa_deploy.settings.url import SHADOW_OFF, carries_password, parse_database_url, parse_shadow_url
from supa_deploy.settings.values import DatabaseUrl, Output, Settings

_REF = re.compile(r"[a-z]{20}")
_TOKEN = re.compile(r"sbp_(oauth_)?[a-f0-9]{40}")
_LINK = "supabase link"


@dataclass(frozen=True, slots=True)
class Flags:
    """What stood on the command line; None where it was not given. `environment` is
    what --env names, `report` files to write the report to. `founding`: the environment may
    be one that is not there yet."""

    workdir: Path | None = None
    env_file: Path | None = None
    environment: str | None = None
    project_ref: str | None = None
    db_url: str | None = None
    supabase_bin: Path | None = None
    report: tuple[Path, ...] = ()
    output: Output = Output.TEXT
    timeout: float = 600.0
    verbosity: int = 0
    color: bool | None = None
    founding: bool = False


@dataclass(slots=True)
class _Sources:
    """Looks a setting up in order of precedence and remembers where it was found."""

    environ: Mapping[str, str]
    files: tuple[tuple[str, Mapping[str, str | None]], ...]
    found: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str | None:
        """The first non-empty value among the names: environment first, then each env file."""
        for source, values in (("environment", self.environ), *self.files):
            for name in names:
                value = values.get(name)
                if value:
                    self.found[names[0]] = source
                    return value
        return None

    def secret(self, *names: str) -> Secret | None:
        value = self.get(*names)
        return Secret(value) if value else None


def environment() -> Mapping[str, str]:
    """The process environment as it is now."""
    return MappingProxyType(dict(os.environ))


def load(flags: Flags, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """The settings of this run.

    `environ` defaults to the process environment, `cwd` to the current folder. Raises UsageError for flags
    and settings that cannot be used, AuthFailed for a token that is not one; neither quotes a secret.
    """
    environ = environment() if environ is None else MappingProxyType(dict(environ))
    cwd = Path.cwd() if cwd is None else cwd
    if flags.timeout <= 0:
        raise UsageError("--timeout must be more than 0 seconds. Nothing was touched.", code="bad_timeout")
    workdir = _workdir(flags.workdir, environ, cwd)
    warnings: list[str] = []
    named = checked_name(flags.environment)
    paths = env_files(flags.env_file, named, workdir, cwd)
    sources = _Sources(environ, tuple((str(path.name), read_env(path, warnings)) for path in paths))
    if named:
        refuse_mixture(named, environ, sources.files)
    project_ref, db_url = _target(flags, sources, workdir)
    if named and not (paths or project_ref or db_url or flags.founding):
        raise no_such(named)
    return Settings(
        workdir=workdir,
        env_file=paths[0] if paths else None,
        environment=named,
        project_ref=project_ref,
        db_url=db_url,
        access_token=_access_token(sources),
        db_password=sources.secret("SUPABASE_DB_PASSWORD"),
        secret_key=sources.secret("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
        publishable_key=sources.secret("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"),
        api_url=_api_url(sources),
        profile=sources.get("SUPABASE_PROFILE"),
        supabase_bin=_supabase_bin(flags.supabase_bin, sources, cwd),
        shadow_url=_shadow_url(sources, db_url),
        shadow_off=sources.get("SUPA_DEPLOY_SHADOW_URL") == SHADOW_OFF,
        output=flags.output,
        timeout=flags.timeout,
        verbosity=flags.verbosity,
        color=flags.color,
        sources=MappingProxyType(dict(sources.found)),
        environ=environ,
        warnings=tuple(warnings),
    )


def bare(flags: Flags, environ: Mapping[str, str]) -> Settings:
    """The settings of a run that could not load any: its folder, the form of its output, and the environment's
    secrets, so that they stay hidden all the same."""
    sources = _Sources(environ, ())
    cwd = Path.cwd()
    try:
        workdir = _workdir(flags.workdir, environ, cwd)
    except UsageError:
        workdir = cwd
    return Settings(
        workdir=workdir,
        environment=flags.environment,
        supabase_bin=_supabase_bin(flags.supabase_bin, sources, cwd),
        access_token=sources.secret("SUPABASE_ACCESS_TOKEN"),
        db_password=sources.secret("SUPABASE_DB_PASSWORD"),
        secret_key=sources.secret("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
        publishable_key=sources.secret("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"),
        output=flags.output,
        environ=environ,
    )


def _workdir(flag: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The folder that holds `supabase/`: as told, else upward to a `supabase/config.toml`, as the CLI does."""
    told = flag or (Path(environ["SUPABASE_WORKDIR"]) if environ.get("SUPABASE_WORKDIR") else None)
    if told is not None:
        folder = (cwd / told.expanduser()).resolve()
        if not folder.is_dir():
            raise UsageError(
                f"The folder {told} does not exist. Nothing was touched.",
                hint="Give --workdir the folder that holds supabase/.",
                code="no_workdir",
            )
        return folder
    for folder in (cwd, *cwd.parents):
        if (folder / "supabase" / "config.toml").is_file():
            return folder.resolve()
    return cwd.resolve()


def _target(flags: Flags, sources: _Sources, workdir: Path) -> tuple[str | None, DatabaseUrl | None]:
    """Which database: the source with the higher rank decides; a tie is a mistake to be named."""
    if flags.project_ref and flags.db_url:
        raise UsageError(
            "--project-ref and --db-url name two databases. Nothing was touched.",
            hint="Give the one that is meant.",
            code="two_targets",
        )
    if flags.db_url is not None:
        return None, _flag_url(flags.db_url, sources)
    if flags.project_ref is not None:
        sources.found["SUPABASE_PROJECT_REF"] = "flag"
        return _checked_ref(flags.project_ref, "--project-ref"), None
    ref = sources.get("SUPABASE_PROJECT_REF", "SUPABASE_PROJECT_ID")
    url = sources.get("SUPABASE_DB_URL")
    if ref and url:
        ranks = ["environment", *(name for name, _ in sources.files)]
        ref_rank = ranks.index(sources.found["SUPABASE_PROJECT_REF"])
        url_rank = ranks.index(sources.found["SUPABASE_DB_URL"])
        if ref_rank == url_rank:
            raise UsageError(
                "SUPABASE_PROJECT_REF and SUPABASE_DB_URL name two databases. Nothing was touched.",
                hint="Unset one, or say which with --project-ref or --db-url.",
                code="two_targets",
            )
        ref, url = (ref, None) if ref_rank < url_rank else (None, url)
    if url:
        return None, parse_database_url(
            url, name="SUPABASE_DB_URL", fallback_password=sources.secret("PGPASSWORD")
        )
    if ref:
        return _checked_ref(ref, "SUPABASE_PROJECT_REF"), None
    # What `supabase link` left may be another environment's project.
    return (None if flags.environment else _linked_ref(workdir, sources)), None


def _flag_url(text: str, sources: _Sources) -> DatabaseUrl:
    if carries_password(text):
        raise UsageError(
            "--db-url carries a password, and a command line is visible to everybody on the machine. "
            "Nothing was touched.",
            hint="Put the whole URL into SUPABASE_DB_URL, or the password into PGPASSWORD. "
            "Consider this password as seen, and change it.",
            code="password_in_argv",
        )
    sources.found["SUPABASE_DB_URL"] = "flag"
    password = sources.secret("PGPASSWORD")
    if password is None and (url := sources.get("SUPABASE_DB_URL")):
        from_environment = parse_database_url(url, name="SUPABASE_DB_URL")
        asked = parse_database_url(text, name="--db-url")
        same = (from_environment.host, from_environment.user) == (asked.host, asked.user)
        password = from_environment.password if same else None
        sources.found["SUPABASE_DB_URL"] = "flag"
    return parse_database_url(text, name="--db-url", fallback_password=password)


def _checked_ref(ref: str, name: str) -> str:
    if not _REF.fullmatch(ref):
        raise UsageError(
            f"{name} is not a project ref: refs are exactly 20 lowercase letters. Nothing was touched.",
            hint="It is the part after /project/ in the Dashboard's address.",
            code="bad_project_ref",
        )
    return ref


def _linked_ref(workdir: Path, sources: _Sources) -> str | None:
    path = workdir / "supabase" / ".temp" / "project-ref"
    if not path.is_file():
        return None
    sources.found["SUPABASE_PROJECT_REF"] = _LINK
    return _checked_ref(
        path.read_text(encoding="utf-8", errors="replace").strip(), "supabase/.temp/project-ref"
    )


def _access_token(sources: _Sources) -> Secret | None:
    value = sources.get("SUPABASE_ACCESS_TOKEN")
    if value is None:
        return None
    if not _TOKEN.fullmatch(value):
        raise AuthFailed(
            "SUPABASE_ACCESS_TOKEN is not an access token: it must be sbp_ and 40 hex digits. Nothing was touched.",
            hint="Make one at https://supabase.com/dashboard/account/tokens (a project's API key is something else).",
            code="malformed_token",
        )
    return Secret(value)


def _api_url(sources: _Sources) -> str | None:
    value = sources.get("SUPABASE_URL")
    if value is None:
        return None
    if not re.fullmatch(r"https?://[^/\s@]+(/[^\s@]*)?", value):
        raise UsageError(
            "SUPABASE_URL must begin with https:// or http:// and carry no credentials. Nothing was touched.",
            code="bad_api_url",
        )
    return value.rstrip("/")


def _supabase_bin(flag: Path | None, sources: _Sources, cwd: Path) -> Path | None:
    value = sources.get("SUPA_DEPLOY_SUPABASE_BIN")
    told = flag or (Path(value) if value else None)
    if flag:
        sources.found["SUPA_DEPLOY_SUPABASE_BIN"] = "flag"
    return cwd / told.expanduser() if told else None


def _shadow_url(sources: _Sources, target: DatabaseUrl | None) -> DatabaseUrl | None:
    value = sources.get("SUPA_DEPLOY_SHADOW_URL")
    return parse_shadow_url(value, target) if value and value != SHADOW_OFF else None
