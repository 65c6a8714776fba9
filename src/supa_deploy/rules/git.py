"""Questions to git. It is only asked, never told: no pager, no prompt, no lock, no hook, nothing from the network, and
an end in time."""

import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from supa_deploy.errors import PreflightFailed, UsageError

_ENTRY = re.compile(rb"(\d{6}) blob ([0-9a-f]+)\t(.*)", re.DOTALL)
_SYMLINK = b"120000"
_PASSED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT")


class Git:
    """Questions to git about the repository that a folder is in, until `ends` (monotonic seconds)."""

    def __init__(self, folder: Path, environ: Mapping[str, str], ends: float) -> None:
        program = shutil.which("git", path=environ.get("PATH"))
        if program is None:
            raise PreflightFailed(
                "git is not installed, so --base cannot be looked at; nothing was touched.",
                hint="Install git, or check without --base.",
                code="git_missing",
            )
        self._call = (
            program,
            "--no-pager",
            "--literal-pathspecs",
            "-c",
            "core.fsmonitor=false",
            "-C",
            str(folder),
        )
        self._env = {name: environ[name] for name in _PASSED_ON if name in environ} | {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
        }
        self._ends = ends

    def prefix(self) -> str:
        """The folder's path below the top of the repository; ends with a slash, or is empty."""
        asked = self._ask("rev-parse", "--show-prefix")
        if asked.returncode == 0:
            return asked.stdout.decode(errors="surrogateescape").removesuffix("\n")
        said = asked.stderr.decode(errors="replace")
        if "dubious ownership" in said:
            raise PreflightFailed(
                "git does not trust this repository, because another user owns it; nothing was touched.",
                hint="Run `git config --global --add safe.directory FOLDER` for it, or check without --base.",
                code="git_untrusted",
            )
        raise PreflightFailed(
            "The migrations are in no git repository, so --base cannot be looked at; nothing was touched.",
            hint="Run inside the repository, or check without --base.",
            code="git_no_repository",
        )

    def commit(self, ref: str) -> str:
        """The commit that the revision means."""
        asked = self._ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if asked.returncode == 0:
            return asked.stdout.decode().strip()
        branch = ref.removeprefix("origin/")
        raise UsageError(
            f"git knows no revision {ref}; nothing was touched.",
            hint=f"A shallow checkout has only its own commit: run `git fetch --depth=1 origin "
            f"{branch}:refs/remotes/origin/{branch}` first and name it as origin/{branch}.",
            code="unknown_base",
        )

    def ancestor(self, commit: str) -> str | None:
        """The newest commit that both have; None where git does not know (a shallow checkout)."""
        asked = self._ask("merge-base", "HEAD", commit)
        return asked.stdout.decode().strip() if asked.returncode == 0 else None

    def tree(self, commit: str, prefix: str) -> dict[str, str]:
        """The files of a folder at a commit: git's name for each one's text, empty for a symlink."""
        asked = self._ask("ls-tree", "-z", "--full-tree", commit, "--", *([prefix] if prefix else []))
        found: dict[str, str] = {}
        for line in asked.stdout.split(b"\0"):
            if match := _ENTRY.fullmatch(line):
                name = match[3].decode(errors="surrogateescape").removeprefix(prefix)
                found[name] = "" if match[1] == _SYMLINK else match[2].decode()
        return found

    def blobs(self, names: Mapping[str, str]) -> dict[str, bytes]:
        """The texts by file, for git's names of them; what git does not have is left out."""
        if not names:
            return {}
        wanted = "".join(f"{name}\n" for name in names.values()).encode()
        said = self._ask("cat-file", "--batch", told=wanted).stdout
        found: dict[str, bytes] = {}
        place = 0
        for file in names:
            end = said.find(b"\n", place)
            head = said[place:end].split(b" ")
            place = end + 1
            if end >= 0 and len(head) == 3 and head[1] == b"blob":
                size = int(head[2])
                found[file] = said[place : place + size]
                place += size + 1
        return found

    def _ask(self, *words: str, told: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                [*self._call, *words],
                env=self._env,
                input=told if told is not None else b"",
                capture_output=True,
                timeout=max(self._ends - time.monotonic(), 0.001),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PreflightFailed(
                "git gave no answer in time, so --base cannot be looked at; nothing was touched.",
                hint="Try `git log -1` in the project; check without --base until it answers.",
                code="git_silent",
            ) from None
        except OSError as error:
            raise PreflightFailed(
                f"git cannot be run ({error.strerror}), so --base cannot be looked at; nothing was touched.",
                hint="Repair git, or check without --base.",
                code="git_missing",
            ) from None
