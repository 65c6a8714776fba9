"""Environments by name (`--env staging`): each has an env file of its own, and nothing of another may slip in."""

import re
from collections.abc import Mapping, Sequence

from supa_deploy.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OF_ONE_ENVIRONMENT = (
    ("SUPABASE_PROJECT_REF", "SUPABASE_PROJECT_ID"),
    ("SUPABASE_DB_URL",),
    ("SUPABASE_DB_PASSWORD",),
    ("SUPABASE_URL",),
    ("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
    ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"),
    ("PGPASSWORD",),
)

Values = Mapping[str, str | None]


def checked_name(name: str | None) -> str | None:
    """The name as it was given. Raises UsageError for one that no file could carry."""
    if name is not None and not _NAME.fullmatch(name):
        raise UsageError(
            "--env is not the name of an environment: letters, digits, `.`, `-` and `_` make one. Nothing was "
            "touched.",
            hint="`--env staging` reads .env.staging.",
            code="bad_environment",
        )
    return name


def refuse_mixture(name: str, environ: Mapping[str, str], files: Sequence[tuple[str, Values]]) -> None:
    """Raises UsageError where the process environment says otherwise than the environment's own file: a shell that
    still holds another environment's settings must not decide where `--env` goes."""
    for file, values in files:
        differing = [
            names[0]
            for names in _OF_ONE_ENVIRONMENT
            if (told := _first(environ, names)) and (written := _first(values, names)) and told != written
        ]
        if differing:
            raise UsageError(
                f"{file} and the process environment differ in {', '.join(differing)}: which of them is "
                f"{name} cannot be known. Nothing was touched.",
                hint=f"Unset them in the shell (unset {' '.join(differing)}), or leave --env out.",
                code="two_environments",
            )


def no_such(name: str) -> UsageError:
    """The error for an environment that has neither a file nor a target in the process environment."""
    return UsageError(
        f"There is no .env.{name}, and neither a flag nor the process environment names a database for {name}. "
        "Nothing was touched.",
        hint=f"`supa-deploy onboard --env {name}` writes the file; or check the name.",
        code="no_env_file",
    )


def _first(values: Mapping[str, str] | Values, names: Sequence[str]) -> str | None:
    return next((value for name in names if (value := values.get(name))), None)
