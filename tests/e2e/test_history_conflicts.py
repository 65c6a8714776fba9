"""Local files and the remote history that do not fit together: refused with the CLI's own remedy, which works."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
TABLE = "create table {} (id int primary key);\n"


def apply(supa_deploy: Runner, project: Project, *names: str) -> None:
    """Deploys files of these names; each makes a table of its own."""
    for name in names:
        project.write(name, TABLE.format("t" + name[:14]))
    ran = supa_deploy(*DEPLOY, "--no-verify")
    assert ran.exit_code == 0, ran.stdout + ran.stderr


@pytest.mark.generations
def test_a_remote_version_that_no_file_has(supa_deploy: Runner, project: Project) -> None:
    apply(supa_deploy, project, "20250101000000_a.sql", "20250102000000_b.sql")
    (project.migrations / "20250102000000_b.sql").unlink()
    project.write("20250103000000_c.sql", TABLE.format("c"))

    ran = supa_deploy(*DEPLOY, "--include-all")  # which is no help here
    assert (ran.exit_code, ran.outcome) == (13, "history_conflict"), ran.stdout + ran.stderr
    assert ran.report["error"]["code"] == "remote_versions_unknown"
    assert "20250102000000" in ran.report["error"]["message"]
    assert "Nothing was sent." in ran.report["error"]["message"]
    assert supa_deploy.recorded() == ["20250101000000", "20250102000000"]

    remedy = "supabase migration repair --status reverted 20250102000000"
    assert remedy in ran.report["error"]["hint"]
    repair(supa_deploy, project, remedy)
    assert supa_deploy.recorded() == ["20250101000000"]
    again = supa_deploy(*DEPLOY, "--no-verify")
    assert (again.exit_code, again.report["applied"]) == (0, ["20250103000000"]), again.stdout + again.stderr


def repair(supa_deploy: Runner, project: Project, remedy: str) -> None:
    """Does what the hint says, with the same CLI, on the linked project."""
    words = shlex.split(remedy)[1:]
    done = subprocess.run(
        [str(supa_deploy.cli), *words, "--yes", "--linked"],
        cwd=project.path,
        env={**supa_deploy.environment(), "SUPABASE_PROJECT_ID": supa_deploy.platform.ref, "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.generations
def test_a_local_file_older_than_the_newest_remote_one(supa_deploy: Runner, project: Project) -> None:
    apply(supa_deploy, project, "20250101000000_a.sql", "20250103000000_c.sql")
    project.write("20250102000000_late.sql", TABLE.format("late"))
    project.write("20250104000000_d.sql", TABLE.format("d"))

    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (13, "history_conflict"), ran.stdout + ran.stderr
    error = ran.report["error"]
    assert (error["code"], error["file"]) == (
        "local_versions_late",
        "supabase/migrations/20250102000000_late.sql",
    )
    assert "--include-all" in error["hint"]
    assert supa_deploy.recorded() == ["20250101000000", "20250103000000"]

    everything = supa_deploy(*DEPLOY, "--include-all")
    assert (everything.exit_code, everything.outcome) == (0, "ok"), everything.stdout + everything.stderr
    assert everything.report["applied"] == ["20250102000000", "20250104000000"]


def test_who_only_looks_is_told_too_and_status_shows_it(supa_deploy: Runner, project: Project) -> None:
    apply(supa_deploy, project, "20250101000000_a.sql", "20250103000000_c.sql")
    (project.migrations / "20250103000000_c.sql").unlink()
    project.write("20250102000000_late.sql", TABLE.format("late"))
    ran = supa_deploy("status", "--output", "json")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert [(m["version"], m["local"], m["remote"]) for m in ran.report["migrations"]] == [
        ("20250101000000", True, True),
        ("20250102000000", True, False),
        ("20250103000000", False, True),
    ]
    assert supa_deploy("deploy", "--dry-run", "--output", "json").exit_code == 13
    assert supa_deploy("plan", "--output", "json").exit_code == 13
