"""The story without a database: which files, where the script goes, what is refused, what is said."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import jsonschema
import pytest

from supa_deploy.bundle import BundleOptions, bundle
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import PreflightFailed, SupaDeployError, UsageError
from supa_deploy.journal import Journal
from supa_deploy.model import Report, Runner
from supa_deploy.outcome import Outcome
from supa_deploy.render.json import schema_text, to_json
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen
from supa_deploy.run import Run
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings

FILES = {
    "1_a.sql": "create table a (id int);",
    "2_b.sql": "drop table if exists b;\ncreate index a_id on a (id);",
    "3_c.sql": "create table c (id int);",
}

Make = Callable[..., Report]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make(file=…, files={…}, since=…)`: the report of a bundle of the files alone."""
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)

    def run_story(
        file: Path | None = None,
        *,
        files: Mapping[str, str] = FILES,
        runner: Runner = Runner.DASHBOARD,
        since: str | None = None,
        settings: Mapping[str, object] | None = None,
        refused: SupaDeployError | None = None,
        every: bool = True,
    ) -> Report:
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
        run = Run(
            "bundle",
            Settings(tmp_path, **dict(settings or {})),  # type: ignore[arg-type]  # each test gives what fits
            Deadline.after(60),
            Interrupt(),
            Journal(),
            refused=refused,
        )
        options = BundleOptions(runner, file, every=every and since is None, since=since)
        return bundle(run, options)

    return run_story


def _versions(report: Report) -> tuple[str, ...]:
    assert report.bundle is not None
    return report.bundle.versions


def test_all_files_or_those_from_a_version_on(make: Make) -> None:
    assert _versions(make()) == ("1", "2", "3")
    later = make(since="2")
    assert _versions(later) == ("2", "3")
    assert later.bundle is not None
    assert "create table a (" not in later.bundle.sql
    with pytest.raises(UsageError, match="No migration file here has the version 4"):
        make(since="4")


def test_a_file_gets_the_script_and_the_document_says_where(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "out" / "release.sql"
    with pytest.raises(UsageError, match="does not exist"):
        make(file)
    file.parent.mkdir()
    report = make(file)
    assert report.bundle is not None
    assert (report.outcome, file.read_text("utf-8")) == (Outcome.OK, report.bundle.sql)
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(file.parent.iterdir()) == [file]
    document = json.loads(to_json(report))
    jsonschema.validate(document, json.loads(schema_text()))
    assert document["bundle"] == {
        "for": "dashboard",
        "versions": ["1", "2", "3"],
        "transactions": 1,
        "bytes": file.stat().st_size,
        "file": str(file),
        "url": None,
        "sql": None,
    }


def test_without_a_history_nothing_is_called_pending(make: Make) -> None:
    report = make()
    assert (report.pending, report.migrations) == ((), ())
    assert report.bundle is not None
    assert "what the project has already was not looked at" in report.bundle.sql


def test_without_a_file_the_document_holds_the_script(make: Make) -> None:
    report = make(runner=Runner.PSQL)
    document = json.loads(to_json(report))
    jsonschema.validate(document, json.loads(schema_text()))
    assert report.bundle is not None
    assert document["bundle"]["sql"] == report.bundle.sql
    assert document["bundle"]["for"] == "psql"


@pytest.mark.parametrize("name", ["release.txt", "release", "supabase/migrations/9_release.sql"])
def test_a_file_that_is_no_place_for_a_script(make: Make, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        make(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_file_that_cannot_be_written(make: Make, tmp_path: Path) -> None:
    (tmp_path / "release.sql").mkdir()
    with pytest.raises(PreflightFailed, match="could not be written"):
        make(tmp_path / "release.sql")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release.sql", "supabase"]


@pytest.mark.parametrize(
    "secret", ["correct horse", "sb_secret_abcdefgh1234", "eyJhbGciOiJI.eyJyb2xlIjoi.c2lnbmF0dXJl"]
)
def test_a_secret_goes_into_a_private_file_and_nowhere_else(make: Make, tmp_path: Path, secret: str) -> None:
    files = {"1_a.sql": f"comment on schema public is '{secret}';"}
    settings = {"db_password": Secret("correct horse")}
    with pytest.raises(UsageError) as refused:
        make(files=files, settings=settings)
    assert (refused.value.code, secret in str(refused.value)) == ("secret_in_bundle", False)
    file = tmp_path / "release.sql"
    file.write_text("old", "utf-8")
    report = make(file, files=files, settings=settings)
    assert (file.stat().st_mode & 0o777, secret in file.read_text("utf-8")) == (0o600, True)
    assert any("0600" in notice for notice in report.notices)


def test_nothing_is_printed_in_a_job(make: Make, tmp_path: Path) -> None:
    job = {"environ": {"GITHUB_ACTIONS": "true"}}
    with pytest.raises(UsageError, match="GitHub Actions"):
        make(settings=job)
    assert make(tmp_path / "release.sql", settings=job).outcome is Outcome.OK


def test_a_file_that_postgresql_would_refuse_stops_it(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "release.sql"
    report = make(file, files={"1_a.sql": "create tabel a ();"})
    assert (report.outcome, report.bundle, file.exists()) == (Outcome.FINDINGS, None, False)
    assert report.failure is not None
    assert "1_a.sql:1:8" in report.failure.message
    later = make(file, files={"2_b.sql": "select 1;"}, since="2")
    assert (later.outcome, later.findings) == (Outcome.OK, ())  # what is not in it does not matter


def test_the_editor_s_address_and_limit(make: Make) -> None:
    project = {"project_ref": "abcdefghijklmnopqrst", "profile": "snap", "environment": "staging"}
    report = make(settings=project)
    url = "https://cloud.snap.com/dashboard/project/abcdefghijklmnopqrst/sql/new"
    assert report.bundle is not None
    assert report.bundle.url == url
    head = report.bundle.sql.split("\ndo $", 1)[0]
    assert all(said in head for said in (url, "project abcdefghijklmnopqrst (staging)", "drops table b"))
    assert report.notices == ()
    big = {"1_a.sql": "select '" + "é" * 500_000 + "';"}
    assert [n for n in make(files=big).notices if "SQL editor refuses" in n]
    assert make(files=big, runner=Runner.PSQL).notices == ()


def test_settings_that_cannot_be_read_stop_only_what_needs_them(make: Make) -> None:
    refused = UsageError("No such env file.", code="no_env_file")
    assert make(refused=refused).outcome is Outcome.OK
    with pytest.raises(UsageError, match="No such env file"):
        make(refused=refused, every=False)


def test_without_any_database_all_is_said_to_be_a_way(make: Make) -> None:
    with pytest.raises(UsageError, match="No database is named") as refused:
        make(every=False, settings={"supabase_bin": Path(sys.executable), "environ": {"PATH": ""}})
    assert "--all" in (refused.value.hint or "")


def test_the_page_says_what_to_do_next(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "my release.sql"
    page = screen(make(file, runner=Runner.PSQL), Look())
    assert f"psql \"$SUPABASE_DB_URL\" -X -f '{file}'" in page
    assert "supa-deploy verify" in page
    assert "3 migrations in" in page
