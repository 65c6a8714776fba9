"""What can be looked at without leaving this machine."""

import shutil
import sys
from collections.abc import Iterator

from supa_deploy.errors import SupaDeployError
from supa_deploy.migrations import discover
from supa_deploy.model import Diagnostic
from supa_deploy.settings import Settings
from supa_deploy.shadow import DockerOnly, Found, GivenServer, NoServer, OwnServer, find_server
from supa_deploy.supabase import Binary

_ALWAYS = ("SUPABASE_PROJECT_REF", "SUPABASE_DB_URL")
_OPTIONAL = {
    "SUPABASE_ACCESS_TOKEN": "without it the login that `supabase login` left is used",
    "SUPABASE_DB_PASSWORD": "without it the CLI gets a temporary login role with the token",
    "SUPABASE_SECRET_KEY": "without it the key is fetched with the token",
    "SUPABASE_PUBLISHABLE_KEY": "with it, verification takes a second look as the role that visitors have",
    "SUPABASE_URL": "default: the project's own address",
    "SUPABASE_PROFILE": "default: supabase.com",
    "SUPA_DEPLOY_SUPABASE_BIN": "default: found upward from the project folder, then on PATH",
    "SUPA_DEPLOY_SHADOW_URL": "default: a scratch PostgreSQL found on this machine",
}


def machine(settings: Settings) -> Iterator[Diagnostic]:
    """Python, the project folder, and what `diff` and `rollback` replay the files on."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Diagnostic(
        "Python", ok=sys.version_info >= (3, 11), detail=version, next="Use Python 3.11 or newer."
    )
    yield _folder(settings)
    yield _scratch(_found(settings))


def settings(settings: Settings, refused: SupaDeployError | None = None) -> Iterator[Diagnostic]:
    """Each setting by its name and where it comes from, never its value; `refused` is why they could not be
    loaded, and then that is all there is to say of them."""
    if refused is not None:
        yield Diagnostic("settings", ok=False, detail=refused.message, next=refused.hint)
        return
    sources = settings.sources
    named = [name for name in _ALWAYS if name in sources]
    yield Diagnostic(
        "target",
        ok=bool(named),
        detail=", ".join(f"{name} ({sources[name]})" for name in named) or "no database is named",
        next="Set SUPABASE_PROJECT_REF for a hosted project, or SUPABASE_DB_URL.",
    )
    for name, without in _OPTIONAL.items():
        if name in sources:
            yield Diagnostic(name, ok=True, detail=f"set ({sources[name]})")
        else:
            yield Diagnostic(name, ok=None, detail=f"not set: {without}")
    for warning in settings.warnings:
        yield Diagnostic("env file", ok=False, detail=warning, next="Mend the file.")


def cli(settings: Settings, binary: Binary) -> Diagnostic:
    """The CLI, and Node where it is only found through npx."""
    node = ""
    if binary.program[0].endswith("npx"):
        has_node = shutil.which("node", path=settings.environ.get("PATH")) is not None
        node = ", Node is there" if has_node else ", and Node is missing"
    return Diagnostic("Supabase CLI", ok=True, detail=f"{binary.version} ({binary.found}{node})")


def _found(settings: Settings) -> Found:
    return find_server(settings.environ, settings.workdir, settings.shadow_url, off=settings.shadow_off)


def _scratch(found: Found) -> Diagnostic:
    match found:
        case OwnServer(name=name, version=version):
            return Diagnostic("scratch server", ok=True, detail=f"PostgreSQL {version} of {name}")
        case GivenServer(url=url):
            return Diagnostic("scratch server", ok=True, detail=f"{url.host}:{url.port}, as told")
        case DockerOnly(version=version):
            return Diagnostic(
                "scratch server", ok=True, detail=f"the Supabase CLI's own, in Docker {version}"
            )
        case NoServer(advice=advice, reason=reason):
            detail = f"none: {reason} diff, rollback and plan --diff need one, deploy goes without"
            return Diagnostic("scratch server", ok=None, detail=detail, next=advice)


def _folder(settings: Settings) -> Diagnostic:
    try:
        discovery = discover(settings.workdir)
    except SupaDeployError as error:
        return Diagnostic("project folder", ok=False, detail=error.message, next=error.hint)
    count = len(discovery.migrations)
    detail = f"{settings.workdir.name}/supabase: {count} migration{'s' if count != 1 else ''}"
    if discovery.skipped:
        detail += f", {len(discovery.skipped)} passed over for their names"
    if discovery.disabled:
        return Diagnostic(
            "project folder",
            ok=False,
            detail="config.toml says [db.migrations] enabled = false",
            next="Set it to true, or take the line out.",
        )
    return Diagnostic(
        "project folder",
        ok=count > 0,
        detail=detail,
        next="Make a file with `supabase migration new`, or name another folder with --workdir: without any there "
        "is nothing to deploy.",
    )
