"""The CLI's profile: which Management API, which project host. `SUPABASE_PROFILE` is a name the CLI knows or the path
of a YAML file; it is handed to the CLI untouched, and read here only for the addresses.

The four names and their addresses are those built into CLI 3.1.0. The file is read by a reader of flat
`key: value` lines: a profile has four such keys, and a YAML library would be a dependency for them alone.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.errors import PreflightFailed

_LINE = re.compile(
    r"""^(?P<key>\w+)\s*:\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^#\s]\S*))?\s*(?:\s#.*)?$"""
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a platform is. `project_host` is the domain under which projects live (`<ref>.<project_host>`)."""

    name: str
    api_url: str
    dashboard_url: str
    project_host: str

    def data_api(self, project_ref: str) -> str:
        """The project's own address, without a slash at the end."""
        return f"https://{project_ref}.{self.project_host}"

    def database_host(self, project_ref: str) -> str:
        """The direct database host of a project."""
        return f"db.{project_ref}.{self.project_host}"


DEFAULT = Profile("supabase", "https://api.supabase.com", "https://supabase.com/dashboard", "supabase.co")
_BUILT_IN = {
    profile.name: profile
    for profile in (
        DEFAULT,
        Profile(
            "supabase-staging",
            "https://api.supabase.green",
            "https://supabase.green/dashboard",
            "supabase.red",
        ),
        Profile("supabase-local", "http://localhost:8080", "http://localhost:8082", "supabase.red"),
        Profile("snap", "https://cloudapi.snap.com", "https://cloud.snap.com/dashboard", "snapcloud.dev"),
    )
}


def read_profile(value: str | None, workdir: Path) -> Profile:
    """The profile that SUPABASE_PROFILE's value means (None or empty: Supabase itself).

    Keys that a file leaves out are the default's. Raises PreflightFailed when the value is neither a known name
    nor a readable file.
    """
    if not value:
        return DEFAULT
    if built_in := _BUILT_IN.get(value.lower()):
        return built_in
    try:
        text = (workdir / Path(value).expanduser()).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PreflightFailed(
            f"SUPABASE_PROFILE is {value}, which is neither a profile's name ({', '.join(_BUILT_IN)}) nor a file "
            "that can be read. Nothing was touched.",
            hint="Unset it to use supabase.com.",
            code="bad_profile",
        ) from None
    found = {
        match["key"]: match["double"] or match["single"] or match["bare"] or ""
        for line in text.splitlines()
        if (match := _LINE.match(line.rstrip()))
    }
    return Profile(
        name=found.get("name") or value,
        api_url=(found.get("api_url") or DEFAULT.api_url).rstrip("/"),
        dashboard_url=(found.get("dashboard_url") or DEFAULT.dashboard_url).rstrip("/"),
        project_host=found.get("project_host") or DEFAULT.project_host,
    )
