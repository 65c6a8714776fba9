"""Whether the seed files are to be run."""

import tomllib
from pathlib import Path

from supa_deploy.onboard.setup import Setup


def wants_seed(setup: Setup) -> bool:
    """As the options say; else the person is asked, where there is something to run."""
    if setup.options.include_seed is not None:
        return setup.options.include_seed
    if setup.options.yes or not has_seed(setup.settings.workdir / "supabase"):
        return False
    return setup.agrees("Run the seed files too (supabase/seed.sql, or those of config.toml)?", default=False)


def has_seed(folder: Path) -> bool:
    """True when the CLI would find something to seed: `[db.seed]` of config.toml, by default `seed.sql`."""
    try:
        config = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = {}  # a config that cannot be read is for the CLI to complain about
    database = config.get("db")
    told = database.get("seed") if isinstance(database, dict) else None
    seed = told if isinstance(told, dict) else {}
    if seed.get("enabled") is False:
        return False
    paths = seed.get("sql_paths", ["./seed.sql"])
    patterns = [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
    return any(_finds(folder, pattern) for pattern in patterns)


def _finds(folder: Path, pattern: str) -> bool:
    if pattern.startswith("/"):
        return Path(pattern).is_file()
    return any(folder.glob(pattern.removeprefix("./"))) if pattern.removeprefix("./") else False
