"""Where an installation keeps its files, and a private copy of it in which only its share folder is our own.

PostgreSQL finds its files from where its program lies (`make_relative_path` in its path.c): whatever differs
between the program's folder and the share folder it was built for is applied to the place it was found in. A copy
therefore keeps both paths as they are below their common folder.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_MARK = Path("extension") / "plpgsql.control"
_MOST_LINKS = 2000


@dataclass(frozen=True, slots=True)
class Layout:
    """An installation: its `root`, and below it the folders of the programs and of the shared files."""

    root: Path
    programs: Path
    share: Path

    def open_to_all(self) -> bool:
        """True when every user of this machine gets to its files."""
        return all(folder.stat().st_mode & 0o001 for folder in (self.root, *self.root.parents))

    def modules(self) -> frozenset[str]:
        """Names of the loadable modules that are there, without their ending."""
        folders = (self.root / self.programs).parent.glob("lib*")
        found = (
            file for folder in folders for ending in ("so", "dylib") for file in folder.rglob(f"*.{ending}")
        )
        return frozenset(file.stem for file in found)


def layout_of(folder: Path) -> Layout | None:
    """The layout of the installation whose programs are in `folder`; None where its shared files are not found."""
    programs = (folder / "postgres").resolve().parent
    share = next((place for place in _candidates(programs) if (place / _MARK).exists()), None)
    if share is None:
        return None
    share = share.resolve()
    root = Path(os.path.commonpath([programs, share]))
    return Layout(root, programs.relative_to(root), share.relative_to(root))


def _candidates(programs: Path) -> list[Path]:
    """Where its shared files may be: what it says itself, else beside it, else as Debian has it."""
    parent = programs.parent
    places = [parent / "share" / "postgresql", parent / "share", parent / "share" / "pgsql"]
    if len(programs.parents) > 3:
        places.append(programs.parents[3] / "share" / "postgresql" / parent.name)
    if (programs / "pg_config").exists():
        asked = subprocess.run(
            [programs / "pg_config", "--sharedir"], capture_output=True, text=True, timeout=30, check=False
        )
        if asked.returncode == 0:
            places.insert(0, Path(asked.stdout.strip()))
    return places


def mirror(layout: Layout, to: Path) -> None:
    """Makes the private copy in `to`: real `postgres` and `initdb`, a share folder of links, links to the rest."""
    inner = {layout.programs, *layout.programs.parents, layout.share, *layout.share.parents}
    (to / layout.programs).mkdir(parents=True)
    (to / layout.share / "extension").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        _real_file(layout.root / layout.programs / name, to / layout.programs / name)
    # Beside the programs and at the root there may be libraries (relative run paths lead to them).
    for place in dict.fromkeys((Path(), layout.programs.parent)):
        _link_content(
            layout.root / place, to / place, leave_out={path.name for path in inner if path.parent == place}
        )
    _link_content(layout.root / layout.share, to / layout.share, leave_out={"extension"})
    _link_content(layout.root / layout.share / "extension", to / layout.share / "extension", leave_out=set())


def _link_content(source: Path, target: Path, leave_out: set[str]) -> None:
    entries = sorted(source.iterdir())[:_MOST_LINKS]
    for entry in entries:
        if entry.name not in leave_out and not os.path.lexists(target / entry.name):
            (target / entry.name).symlink_to(entry)


def _real_file(source: Path, target: Path) -> None:
    # A symbolic link would be followed back to the original share folder. Hard links may be forbidden or cross disks.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
