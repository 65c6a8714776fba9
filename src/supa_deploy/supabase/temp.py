"""What the CLI keeps in a project's `supabase/.temp`, as far as it matters here."""

import contextlib
import time
from pathlib import Path

_UPDATE_CHECK_SECONDS = 9 * 3600  # the CLI looks again after 10 hours


def is_linked(workdir: Path, ref: str) -> bool:
    """True when `link` did all it does for this ref: the ref and the pooler's address, which names it too."""
    folder = workdir / "supabase" / ".temp"
    try:
        linked = (folder / "project-ref").read_text(encoding="utf-8").strip() == ref
        return linked and ref in (folder / "pooler-url").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def quiet_update_check(workdir: Path, version: str) -> None:
    """Keeps the file fresh by which older generations know that they need not ask GitHub for news: where its host
    is silent that costs 10 s once per folder, and no variable stops it. Not writing it costs no more than that."""
    path = workdir / "supabase" / ".temp" / "cli-latest"
    with contextlib.suppress(OSError):
        fresh = path.is_file() and time.time() - path.stat().st_mtime < _UPDATE_CHECK_SECONDS
        if not fresh and path.parent.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"v{version}", encoding="utf-8")
