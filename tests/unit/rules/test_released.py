"""The files against a git revision: real repositories, real git."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.migrations import discover
from supa_deploy.model import Severity
from supa_deploy.rules.released import Released, applied_findings, read_base, released_findings

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 30.0
_ONE = "20250101000000_one.sql"
_TWO = "20250201000000_two.sql"


@dataclass(frozen=True)
class Repository:
    """A repository and the project in it."""

    top: Path
    project: Path

    def git(self, *words: str) -> str:
        """Runs git as somebody who works there."""
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@y", "-C", str(self.top), *words],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.top), "GIT_CONFIG_NOSYSTEM": "1"},
        )
        return done.stdout.strip()

    def write(self, name: str, text: str = "select 1;\n") -> Path:
        """Writes a migration."""
        file = self.project / "supabase" / "migrations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self) -> None:
        """Commits everything."""
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def found(self, ref: str = "main") -> list[tuple[str, str, int]]:
        """Rule, file and line of what is found against the revision."""
        released = read_base(self.project, ref, _SECONDS)
        findings = released_findings(released, discover(self.project).migrations)
        return [(finding.rule, finding.file.rpartition("/")[2], finding.line) for finding in findings]


@pytest.fixture(params=["", "apps/web"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """Two released files on main, the project at the top of the repository or below it; a branch is checked out."""
    top = tmp_path / "repository"
    top.mkdir()
    made = Repository(top, top / request.param)
    made.git("init", "-q", "-b", "main")
    made.write(_ONE)
    made.write(_TWO, "select 1;\nselect 2;\n")
    made.commit()
    made.git("checkout", "-qb", "feature")
    return made


def test_nothing_new_nothing_found(repository: Repository) -> None:
    assert repository.found() == []
    released = read_base(repository.project, "main", _SECONDS)
    assert set(released.files) == {f"supabase/migrations/{_ONE}", f"supabase/migrations/{_TWO}"}


def test_new_file_that_is_newer_is_fine_and_one_that_is_older_is_not(repository: Repository) -> None:
    repository.write("20250301000000_new.sql")
    repository.write("20250115000000_late.sql")
    assert repository.found() == [("older-than-released", "20250115000000_late.sql", 1)]
    (finding,) = released_findings(
        read_base(repository.project, "main", _SECONDS), discover(repository.project).migrations
    )
    assert finding.severity is Severity.ERROR
    assert "20250201000000" in finding.message


def test_edit_is_told_at_its_first_line(repository: Repository) -> None:
    repository.write(_TWO, "select 1;\nselect 3;\n")
    assert repository.found() == [("edited-after-release", _TWO, 2)]
    repository.commit()
    assert repository.found() == [("edited-after-release", _TWO, 2)]


def test_line_that_is_added_at_the_end_is_an_edit(repository: Repository) -> None:
    repository.write(_ONE, "select 1;\nselect 9;\n")
    assert repository.found() == [("edited-after-release", _ONE, 2)]


def test_line_ends_are_no_edit(repository: Repository) -> None:
    repository.write(_TWO, "select 1;\r\nselect 2;\r\n")
    assert repository.found() == []


def test_rename_and_deletion(repository: Repository) -> None:
    repository.write(_ONE).unlink()
    (repository.project / "supabase/migrations" / _TWO).rename(
        repository.project / "supabase/migrations/20250201000000_other.sql"
    )
    assert repository.found() == [
        ("edited-after-release", "20250201000000_other.sql", 1),
        ("edited-after-release", _ONE, 1),
    ]


def test_branch_that_is_behind_has_deleted_and_edited_nothing(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write("20250301000000_others.sql")
    repository.write(_ONE, "select 'edited by others';\n")
    repository.commit()
    repository.git("checkout", "-q", "feature")
    assert repository.found() == []
    repository.write("20250215000000_mine.sql")
    assert repository.found() == [("older-than-released", "20250215000000_mine.sql", 1)]


def test_way_back_is_no_migration(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write("20250201000000_two.down.sql")
    repository.write("README.md")
    repository.commit()
    released = read_base(repository.project, "main", _SECONDS)
    assert set(released.files) == {f"supabase/migrations/{_ONE}", f"supabase/migrations/{_TWO}"}


def test_tag_commit_and_remote_branch_are_revisions(repository: Repository) -> None:
    repository.git("tag", "-a", "v1", "-m", "x", "main")
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    repository.write("20250115000000_late.sql")
    for ref in ("v1", "origin/main", repository.git("rev-parse", "main"), "main~0"):
        assert repository.found(ref) == [("older-than-released", "20250115000000_late.sql", 1)]


def test_project_behind_symlinks(repository: Repository, tmp_path: Path) -> None:
    """The project's folder is a symlink from elsewhere, and its migrations folder one to another in the repository."""
    real = repository.project / "supabase" / "migrations"
    moved = repository.top / "database"
    shutil.move(real, moved)
    real.symlink_to(moved, target_is_directory=True)
    repository.commit()
    repository.git("branch", "-f", "moved")
    link = tmp_path / "link"
    link.symlink_to(repository.project, target_is_directory=True)
    through = Repository(repository.top, link)
    through.write("20250115000000_late.sql")
    assert through.found("moved") == [("older-than-released", "20250115000000_late.sql", 1)]


def test_file_that_is_a_symlink_is_not_compared(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "shared.sql"
    target.write_text("select 5;\n", "utf-8")
    (repository.project / "supabase/migrations/20250301000000_shared.sql").symlink_to(target)
    repository.commit()
    repository.git("branch", "-f", "shared")
    assert repository.found("shared") == []


def test_folder_that_the_revision_does_not_have(repository: Repository) -> None:
    other = Repository(repository.top, repository.top / "other")
    other.write("20200101000000_first.sql")
    assert other.found() == []


def test_odd_names(repository: Repository) -> None:
    """Names that git would quote, and texts that look like its answers."""
    odd = '20250202000000_größe "x"\tα.sql'
    repository.git("checkout", "-q", "main")
    repository.write(odd, "blob 3\nabc")
    repository.commit()
    repository.write(odd, "blob 3\nabd")
    repository.write(_ONE, "changed\n")
    assert repository.found() == [("edited-after-release", _ONE, 1), ("edited-after-release", odd, 2)]


def test_shallow_clone_is_looked_at_and_a_branch_it_lacks_is_named(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write("20250301000000_new.sql")
    repository.commit()
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=1", "--branch=feature", f"file://{repository.top}", str(clone))
    shallow = Repository(clone, clone / repository.project.relative_to(repository.top))
    with pytest.raises(UsageError) as raised:
        shallow.found("origin/main")
    assert raised.value.hint is not None
    assert "git fetch --depth=1 origin main:refs/remotes/origin/main" in raised.value.hint
    shallow.git("fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    assert shallow.found("origin/main") == []
    shallow.write("20250115000000_late.sql")
    assert shallow.found("origin/main") == [("older-than-released", "20250115000000_late.sql", 1)]


def test_hook_environment_does_not_mislead(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook runs with GIT_DIR and GIT_INDEX_FILE set, and perhaps with a pager or an editor that waits."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PAGER", "GIT_EXTERNAL_DIFF"):
        monkeypatch.setenv(name, "/nowhere")
    repository_free = read_base(repository.project, "main", _SECONDS)
    assert len(repository_free.files) == 2


@pytest.mark.parametrize("ref", ["", "--output=/tmp/x", "-h", "main\0", "a\nb"])
def test_what_is_no_name_is_not_given_to_git(repository: Repository, ref: str) -> None:
    with pytest.raises(UsageError):
        read_base(repository.project, ref, _SECONDS)


@pytest.mark.parametrize("ref", ["nowhere", "main:supabase", "main^{tree}", "main..feature"])
def test_unknown_revision(repository: Repository, ref: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_base(repository.project, ref, _SECONDS)
    assert raised.value.code == "unknown_base"


def test_no_repository(tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with pytest.raises(PreflightFailed) as raised:
        read_base(tmp_path, "main", _SECONDS, environ)
    assert raised.value.code == "git_no_repository"


def test_no_git(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(PreflightFailed) as raised:
        read_base(repository.project, "main", _SECONDS, {"PATH": str(tmp_path)})
    assert raised.value.code == "git_missing"


def test_git_that_hangs_is_ended(repository: Repository, tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n", "utf-8")
    program.chmod(0o755)
    with pytest.raises(PreflightFailed) as raised:
        read_base(repository.project, "main", 0.2, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert raised.value.code == "git_silent"


def test_history(repository: Repository) -> None:
    repository.write("20250115000000_late.sql")
    repository.write("20250301000000_new.sql")
    migrations = discover(repository.project).migrations
    found = applied_findings(migrations, {"20250101000000", "20250201000000"})
    assert [(one.rule, one.file.rpartition("/")[2]) for one in found] == [
        ("older-than-released", "20250115000000_late.sql")
    ]
    assert applied_findings(migrations, ()) == []
    assert released_findings(Released("main"), migrations) == []
