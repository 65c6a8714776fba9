"""Project folders made for one call of the CLI: the files it is to see, and nothing else.

Each is private (mode 0700), and gone when its block ends; what a killed run left is swept by the next.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from supa_deploy.shadow.private import make_folder, sweep

# The CLI takes a folder for a project only with a config.toml; none of its settings matter to a push by URL.
_CONFIG = 'project_id = "supa-deploy"\n'


@contextmanager
def folder_of(files: Iterable[tuple[str, bytes]], linked_as: Path | None = None) -> Iterator[Path]:
    """A project folder with these migration files (name and content) and no setting of the user's, but linked to
    the project that the folder `linked_as` is linked to."""
    with _private() as folder:
        migrations = folder / "supabase" / "migrations"
        migrations.mkdir(parents=True)
        (folder / "supabase" / "config.toml").write_text(_CONFIG, encoding="utf-8")
        for name, content in files:
            (migrations / name).write_bytes(content)
        if linked_as is not None and (link := linked_as / "supabase" / ".temp").is_dir():
            (folder / "supabase" / ".temp").symlink_to(link.resolve())
        yield folder


@contextmanager
def own_folder(
    workdir: Path, left_out: Collection[Path] = (), environment: str | None = None
) -> Iterator[Path]:
    """The user's own project folder as the CLI shall find it: without some of its migration files, and with the env
    files of a named environment alone, under the names that the CLI reads (it would take `.env` otherwise, and with it
    another environment's password).

    Everything is linked, so that settings, seeds and what `link` left are the user's own; the migration files are
    copied, as they are now.
    """
    names = {path.name for path in left_out}
    with _private() as folder:
        _link_env_files(workdir, folder, environment)
        migrations = folder / "supabase" / "migrations"
        migrations.mkdir(parents=True)
        for path in (workdir / "supabase").iterdir():
            if path.name != "migrations" and not path.name.startswith(".env"):
                (folder / "supabase" / path.name).symlink_to(path.resolve())
        _link_env_files(workdir / "supabase", folder / "supabase", environment)
        for path in (workdir / "supabase" / "migrations").glob("*"):
            if path.is_file() and path.name not in names:
                shutil.copyfile(path, migrations / path.name)
        yield folder


def _link_env_files(source: Path, folder: Path, environment: str | None) -> None:
    if environment is None:
        for path in source.glob(".env*"):
            (folder / path.name).symlink_to(path.resolve())
    elif (path := source / f".env.{environment}").is_file():
        (folder / ".env").symlink_to(path.resolve())


@contextmanager
def _private() -> Iterator[Path]:
    sweep()
    folder, lock = make_folder()
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
