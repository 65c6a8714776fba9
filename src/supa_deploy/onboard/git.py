"""What git says of a file: whether it is kept out of commits, whether it is in them already."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SECONDS = 20.0
_PASSED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT")


class Git:
    """Questions about the repository that a folder is in. Where there is no git, or no repository, every answer is
    None: nobody can tell."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._program = shutil.which("git", path=environ.get("PATH"))
        self._folder = folder
        self._env = {name: environ[name] for name in _PASSED_ON if name in environ} | {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }

    def top(self) -> Path | None:
        """The top folder of the repository."""
        asked = self._ask("rev-parse", "--show-toplevel")
        return Path(asked[1].removesuffix("\n")) if asked and asked[0] == 0 else None

    def ignores(self, file: Path) -> bool | None:
        """True when git passes the file over, because some pattern says so and it is in no commit yet."""
        asked = self._ask("check-ignore", "--quiet", "--", str(file))
        return {0: True, 1: False}.get(asked[0]) if asked else None

    def tracks(self, file: Path) -> bool | None:
        """True when the file is among those that git commits."""
        asked = self._ask("ls-files", "--", str(file))
        return bool(asked[1].strip()) if asked and asked[0] == 0 else None

    def main_branch(self) -> str:
        """The branch that the remote calls its main one; `main` where nothing says."""
        asked = self._ask("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        name = asked[1].strip().removeprefix("origin/") if asked and asked[0] == 0 else ""
        return name or "main"

    def _ask(self, *words: str) -> tuple[int, str] | None:
        if self._program is None:
            return None
        call = [self._program, "--no-pager", "-c", "core.fsmonitor=false", "-C", str(self._folder), *words]
        try:
            done = subprocess.run(
                call,
                env=self._env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.returncode, done.stdout.decode(errors="surrogateescape")
