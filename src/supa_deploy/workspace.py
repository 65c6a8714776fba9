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
def folder_without(workdir: Path, left_out: Collection[Path]) -> Iterator[Path]:
    """The user's own project folder as the CLI would find it, without some of its migration files.

    Everything is linked, so that settings, seeds and what `link` left are the user's own; the migration files are
    copied, as they are now.
    """
    names = {path.name for path in left_out}
    with _private() as folder:
        for path in workdir.glob(".env*"):
            (folder / path.name).symlink_to(path.resolve())
        migrations = folder / "supabase" / "migrations"
        migrations.mkdir(parents=True)
        for path in (workdir / "supabase").iterdir():
            if path.name != "migrations":
                (folder / "supabase" / path.name).symlink_to(path.resolve())
        for path in (workdir / "supabase" / "migrations").iterdir():
            if path.is_file() and path.name not in names:
                shutil.copyfile(path, migrations / path.name)
        yield folder


@contextmanager
def _private() -> Iterator[Path]:
    sweep()
    folder, lock = make_folder()
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
