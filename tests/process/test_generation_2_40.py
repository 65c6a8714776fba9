"""The oldest generation, against a stand-in that waits on a real terminal: our side of the talk."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import AuthFailed
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings, parse_database_url
from supa_deploy.supabase import CliFailure, FailureKind, History, LinkAnswer, PushOptions, Supabase

REF = "abcdefghijklmnopqrst"
PASSWORD = "p@ss 'word\"%/é"
A, B = "20250101000000", "20250102000000"
Open = Callable[..., Supabase]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The stand-in's project: its password and an empty history."""
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "history").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """A project folder with two migrations."""
    migrations = tmp_path / "project" / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    for version, name in ((A, "a"), (B, "b")):
        (migrations / f"{version}_{name}.sql").write_text("select 1;", encoding="utf-8")
    return tmp_path / "project"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The stand-in as a program."""
    path = tmp_path / "supabase"
    path.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("stand_in_2_40.py")}" "$@"\n'
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def open_cli(program: Path, workdir: Path, state: Path, tmp_path: Path) -> Iterator[Open]:
    """`open_cli(db_password=…)`: the CLI object of a linked project."""
    opened: list[Supabase] = []

    def start(**wishes: object) -> Supabase:
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "STAND_IN": str(state), "CLAUDECODE": "1"}
        values: dict[str, object] = {
            "project_ref": REF,
            "access_token": Secret("sbp_" + "0" * 40),
            "db_password": Secret(PASSWORD),
            **wishes,
        }
        settings = Settings(
            workdir=workdir,
            supabase_bin=program,
            environ=MappingProxyType(environ),
            **values,  # type: ignore[arg-type]  # a test's own keywords
        )
        opened.append(Supabase.open(settings, Deadline.after(60), Interrupt()))
        return opened[-1]

    yield start
    for supabase in opened:
        supabase.close()


def test_the_whole_way(open_cli: Open) -> None:
    supabase = open_cli()
    assert supabase.cli_version == "2.40.7"
    assert supabase.link() == LinkAnswer()
    assert supabase.history() == History((), (A, B))
    assert supabase.push(PushOptions(dry_run=True)).claimed == (f"{A}_a.sql", f"{B}_b.sql")
    assert supabase.history().versions == ()
    begun: list[str] = []
    answer = supabase.push(on_file=begun.append)
    assert (answer.failure, answer.claimed) == (None, (f"{A}_a.sql", f"{B}_b.sql"))
    assert begun == [f"{A}_a.sql", f"{B}_b.sql"]
    assert supabase.history().versions == (A, B)
    assert supabase.push().up_to_date


def test_it_is_asked_for_nothing_it_does_not_have(open_cli: Open) -> None:
    supabase = open_cli()
    assert not supabase.can_query
    assert supabase.active_backends() is None


def test_keys_come_as_json_there_too(open_cli: Open) -> None:
    keys = open_cli().api_keys()
    assert keys.secret is not None
    assert keys.secret.reveal().endswith("-service")


def test_a_password_that_it_asks_for_is_typed(open_cli: Open) -> None:
    """The variable spares it the question; taken away, it asks, and both calls get their answer."""
    supabase = open_cli()
    environ = {name: value for name, value in supabase._environ.items() if name != "SUPABASE_DB_PASSWORD"}
    supabase._environ = environ
    assert supabase.link() == LinkAnswer()
    assert supabase.history().local == (A, B)


def test_without_a_password_the_question_comes_back_as_the_error(open_cli: Open) -> None:
    supabase = open_cli(db_password=None)
    assert not supabase.can_do_without_password
    with pytest.raises(AuthFailed, match=r"Enter your database password: *\. Nothing was touched") as refused:
        supabase.history()
    assert "SUPABASE_DB_PASSWORD" in (refused.value.hint or "")


def test_a_wrong_password_is_a_wrong_password(open_cli: Open) -> None:
    with pytest.raises(AuthFailed, match="28P01") as refused:
        open_cli(db_password=Secret("wrong-one")).history()
    assert "wrong-one" not in str(refused.value)


def test_a_refused_statement_is_located_in_the_old_words(open_cli: Open, workdir: Path) -> None:
    (workdir / "supabase" / "migrations" / f"{B}_b.sql").write_text("broken", encoding="utf-8")
    answer = open_cli().push()
    assert isinstance(answer.failure, CliFailure)
    assert (answer.failure.kind, answer.failure.file, answer.failure.sqlstate) == (
        FailureKind.SQL,
        f"{B}_b.sql",
        "42601",
    )
    assert (answer.failure.statement_index, answer.failure.statement_text) == (0, "broken")
    assert answer.started == (f"{A}_a.sql", f"{B}_b.sql")


def test_a_url_target_needs_no_link(open_cli: Open) -> None:
    url = parse_database_url(
        "postgresql://postgres@127.0.0.1/postgres", name="test", fallback_password=Secret(PASSWORD)
    )
    supabase = open_cli(project_ref=None, db_url=url, db_password=None)
    assert supabase.link().skipped == "a database URL needs no link"
    assert supabase.push().claimed == (f"{A}_a.sql", f"{B}_b.sql")


def test_nothing_of_its_home_is_the_persons(open_cli: Open, tmp_path: Path) -> None:
    supabase = open_cli()
    assert supabase._environ["HOME"] not in {str(tmp_path), str(Path.home())}
    supabase.close()
    assert not Path(str(supabase._environ["HOME"])).exists()
