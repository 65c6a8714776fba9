"""An installation of PostgreSQL made ready: a cached private copy of it that also knows the stand-ins."""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.extensions.known import ALLOWED, STAND_INS, StandIn
from supa_deploy.shadow.extensions.layout import Layout, layout_of, mirror
from supa_deploy.shadow.extensions.shapes import write_out

_LIST = "stand-ins"
_FORGOTTEN_SECONDS = 14 * 24 * 3600.0
_UNFINISHED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """`binaries` to start instead of the ones found, and the extensions that are pretended in it because the
    installation lacks their files. `root` is the whole private copy (the installation's own folder where there was
    nothing to prepare)."""

    binaries: Binaries
    stand_ins: frozenset[str]
    root: Path


def prepared(binaries: Binaries, cache: Path) -> Prepared:
    """The private copy of this installation, made in `cache` when it is not there yet.

    Runs side by side do not disturb one another: a copy appears whole or not at all. Where the shared files of the
    installation cannot be found it is used as it is, without stand-ins.
    """
    layout = layout_of(binaries.folder)
    if layout is None:
        return Prepared(binaries, frozenset(), binaries.installation)
    key = _key(binaries, layout)
    target = cache / f"prepared-{key}"
    if not (target / _LIST).exists():
        cache.mkdir(parents=True, exist_ok=True)
        _make(layout, target)
    with contextlib.suppress(OSError):
        os.utime(target / _LIST)
    _sweep(cache, keep=target)
    names = frozenset((target / _LIST).read_text("utf-8").split())
    made = Binaries(target / layout.programs, binaries.major, f"{binaries.key}|{key}", root=target)
    return Prepared(made, names, target)


def script_of(name: str) -> str:
    """The SQL of a stand-in, as CREATE EXTENSION runs it."""
    file = resources.files("supa_deploy.shadow.extensions").joinpath("data", f"{name}.sql")
    return write_out(file.read_text("utf-8"))


def _make(layout: Layout, target: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="prepared-new-", dir=target.parent))
    try:
        mirror(layout, work)
        # Links into a folder that others cannot pass are of no use to them: then the copy is closed to them too.
        work.chmod(0o755 if layout.open_to_all() else 0o700)
        extensions = work / layout.share / "extension"
        modules = layout.modules()
        names = [known.name for known in STAND_INS if known.needs <= modules and _add(known, extensions)]
        for control in sorted(extensions.glob("*.control")):
            if control.is_symlink() and control.stem in ALLOWED:
                _trust(control)
        (work / _LIST).write_text("\n".join(names) + "\n", "utf-8")
        if not (target / _LIST).exists():
            shutil.rmtree(target, ignore_errors=True)
        # Whoever was quicker made the same.
        with contextlib.suppress(OSError):
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _add(known: StandIn, extensions: Path) -> bool:
    """Puts a stand-in among the extensions; False where the real one is there."""
    if (extensions / f"{known.name}.control").exists():
        return False
    (extensions / f"{known.name}.control").write_text(known.control(), "utf-8")
    first = f"{known.name}--{known.default}.sql"
    (extensions / first).write_text(script_of(known.name), "utf-8")
    for version in known.versions:
        if version != known.default:
            (extensions / f"{known.name}--{version}.sql").symlink_to(first)
            # ALTER EXTENSION … UPDATE finds a way from and to the version that is made by default.
            for update in (f"{version}--{known.default}", f"{known.default}--{version}"):
                (extensions / f"{known.name}--{update}.sql").touch()
    return True


def _trust(control: Path) -> None:
    said = re.sub(r"(?m)^\s*(trusted|superuser)\s*=.*$", "", control.read_text("utf-8"))
    control.unlink()
    control.write_text(said.rstrip() + "\ntrusted = true\n", "utf-8")


def _key(binaries: Binaries, layout: Layout) -> str:
    recipe = f"{binaries.key}|{binaries.major}|{layout}|{layout.open_to_all()}|{_content()}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


@functools.cache
def _content() -> str:
    """Everything a copy is made of and made by."""
    scripts = [script_of(known.name) for known in STAND_INS]
    code = [file.read_text("utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256("\n".join((*scripts, *code)).encode()).hexdigest()


def _sweep(cache: Path, keep: Path) -> None:
    """Removes copies that nobody has used for two weeks, and what a killed run left unfinished."""
    now = time.time()
    for folder in cache.glob("prepared-*"):
        unfinished = folder.name.startswith("prepared-new-")
        used = folder if unfinished else folder / _LIST
        with contextlib.suppress(OSError):
            age = now - used.stat().st_mtime
            if folder != keep and age > (_UNFINISHED_SECONDS if unfinished else _FORGOTTEN_SECONDS):
                shutil.rmtree(folder, ignore_errors=True)
