"""Squawk as it is installed: run on awkward files, its rules all accounted for, its findings held against what the
files before made."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.rules import squawk
from supa_deploy.rules.squawk.locate import locate
from supa_deploy.rules.squawk.mapping import DROPPED, MAPPED, WISHES
from supa_deploy.rules.squawk.running import Running
from supa_deploy.rules.squawk.types import stays
from supa_deploy.rules.squawk.words import SYNTAX, Located, Squawked

from .conftest import CheckSql

_DROP = "drop table public.a;\n"
_OLD = "-- file: 20250101000000_old.sql\ncreate table public.a (id bigint primary key, b text);\n"
_NOW = "-- file: 20250102000000_now.sql\n"


def _rules(findings: list[squawk.Violation] | tuple[squawk.Violation, ...]) -> set[str]:
    return {violation.rule for violation in findings}


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Squawked]:
    """Runs the installed squawk on files (name → content) of a folder."""

    def asked(files: dict[str, str | bytes], *names: str) -> Squawked:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        with squawk.begin(tmp_path, names or tuple(files), seconds=60) as running:
            return running.result()

    return asked


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., Running]:
    """A squawk of the test's own: a shell script, on one file."""

    def begin(script: str, *, seconds: float = 60.0, files: tuple[str, ...] = ("a.sql",)) -> Running:
        program = tmp_path / "squawk"
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        for file in files:
            (tmp_path / file).write_text("select 1;\n", "utf-8")
        return Running(tmp_path, files, Located(program), WISHES, seconds)

    return begin


# Its rules


def test_every_rule_of_the_installed_squawk_is_mapped_or_left_out_on_purpose() -> None:
    program = locate(None).program
    assert program is not None
    names = re.search(rb"require-concurrent-index-creationrequire-[a-z-]+", program.read_bytes())
    assert names is not None, "squawk's list of rules stands elsewhere now: read it anew"
    ours = {*MAPPED, *DROPPED} - {SYNTAX}
    # The list is one word in the binary; the longest name first, since some are the beginning of others.
    left = names[0].decode()
    for name in sorted(ours, key=len, reverse=True):
        left = left.replace(name, " ")
    assert left.strip() == ""
    assert not set(MAPPED) & set(DROPPED)


def test_every_mapped_rule_shows_where_it_comes_from() -> None:
    assert {mapped.rule.origin for mapped in MAPPED.values()} == set(MAPPED)


# The process


def test_awkward_names_are_files_and_no_patterns(ask: Callable[..., Squawked]) -> None:
    names = ("a[1].sql", "{b}.sql", "!c.sql", "-d.sql", "é ü.sql", "?.sql", "plain.sql")
    said = ask(dict.fromkeys(names, _DROP))
    assert said.silent is None
    for name in names:
        assert _rules(said.violations[name]) == {"ban-drop-table", "require-lock-timeout"}


def test_a_name_that_is_not_utf8_and_a_link_are_read(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.sql")
    (tmp_path / odd).write_text(_DROP, "utf-8")
    (tmp_path / "link.sql").symlink_to(tmp_path / odd)
    with squawk.begin(tmp_path, [odd, "link.sql"], seconds=60) as running:
        assert _rules(running.of(odd)) == _rules(running.of("link.sql")) != set()


def test_a_file_that_cannot_be_read_spoils_no_other(ask: Callable[..., Squawked]) -> None:
    said = ask(
        {"a.sql": _DROP, "b.sql": b"select '\xff';\n", "c.sql": _DROP}, "a.sql", "b.sql", "gone.sql", "c.sql"
    )
    assert said.silent is None
    assert set(said.violations) == {"a.sql", "c.sql"}
    assert said.unread == {"b.sql": "it is not UTF-8", "gone.sql": "No such file or directory"}


def test_more_files_than_one_process_takes(ask: Callable[..., Squawked]) -> None:
    names = [
        f"{number:04}_a_migration_with_quite_a_long_name_to_fill_the_command_line.sql"
        for number in range(600)
    ]
    said = ask(dict.fromkeys(names, _DROP))
    assert set(said.violations) == set(names)


def test_settings_of_the_project_or_the_person_do_not_count(
    ask: Callable[..., Squawked], tmp_path: Path
) -> None:
    (tmp_path / ".squawk.toml").write_text('excluded_paths = ["a.sql"]\n', "utf-8")
    assert "ban-drop-table" in _rules(ask({"a.sql": _DROP}).violations["a.sql"])


def test_a_comment_to_squawk_is_heeded(ask: Callable[..., Squawked]) -> None:
    said = ask({"a.sql": f"-- squawk-ignore ban-drop-table\n{_DROP}"})
    assert "ban-drop-table" not in _rules(said.violations["a.sql"])


def test_of_a_syntax_error_one_word_is_kept(ask: Callable[..., Squawked]) -> None:
    (word,) = ask({"a.sql": "drop tabl a;\n"}).violations["a.sql"]
    assert word.rule == SYNTAX


def test_the_process_sees_no_environment_and_no_terminal(
    fake: Callable[..., Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_DB_PASSWORD", "not for others")
    seen = tmp_path / "seen"
    with fake(f"export > {seen}; cat >> {seen}; echo '[]'") as running:
        assert running.result().silent is None
    assert "PASSWORD" not in seen.read_text("utf-8")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'out of memory' >&2; exit 3", "squawk failed: out of memory"),
        ("exit 7", "squawk failed: exit code 7"),
        ("echo '[{'", "squawk's answer cannot be read (JSONDecodeError)"),
        ('echo \'[{"file": "a.sql"}]\'', "squawk's answer cannot be read (KeyError)"),
        ("echo '{\"file\": 1}'", "squawk's answer cannot be read (TypeError)"),
    ],
)
def test_an_answer_that_is_none_is_told_and_stops_nothing(
    fake: Callable[..., Running], script: str, why: str
) -> None:
    with fake(script) as running:
        assert running.of("a.sql") == ()
        assert running.result() == Squawked({}, {}, why)


def test_one_that_never_answers_is_killed_at_the_deadline(fake: Callable[..., Running]) -> None:
    with fake("exec sleep 1000", seconds=0.3) as running:
        assert running.result().silent == "squawk did not answer within 0.3 s"


def test_closing_ends_it_before_its_time(fake: Callable[..., Running]) -> None:
    with fake("exec sleep 1000", seconds=1000, files=tuple(f"{n}.sql" for n in range(600))) as running:
        pass
    assert running._process is None or running._process.poll() is not None


def test_where_it_is_not_installed_that_is_said(tmp_path: Path) -> None:
    with Running(tmp_path, ["a.sql"], Located(None, "squawk was not found"), WISHES, 1) as running:
        assert running.of("a.sql") == ()
        assert running.result().silent == "squawk was not found"


def test_it_is_found_on_path_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supa_deploy.rules.squawk.locate._folders", lambda: iter([tmp_path / "nowhere"]))
    assert locate(str(tmp_path)).program is None
    (tmp_path / "squawk").touch(0o755)
    assert locate(str(tmp_path)).program == tmp_path / "squawk"
    assert "pip install squawk-cli" in (locate(None).why or "")


# Its findings as ours


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        (f"{_OLD}{_NOW}create index a_b on a (b);", {"no-lock-timeout", "index-without-concurrently"}),
        (f"{_OLD}create index a_b on a (b);", set()),
        ("create temp table a (b text); create index on a (b); drop table a;", set()),
        (f"{_OLD}{_NOW}alter table auth.users drop column phone;", set()),
        (f"{_OLD}{_NOW}set lock_timeout = '1s'; alter table a alter b set not null;", {"set-not-null"}),
        (f"{_OLD}{_NOW}alter table a add c text, drop column b;", {"no-lock-timeout", "drop-column"}),
        (f"{_OLD}{_NOW}alter table a disable row level security;", {"no-lock-timeout"}),
    ],
)
def test_what_this_file_made_itself_is_no_danger(check_sql: CheckSql, sql: str, rules: set[str]) -> None:
    ours = {mapped.rule.id for mapped in MAPPED.values()}
    assert {finding.rule for finding in check_sql(sql, squawk=True)} & ours == rules


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("alter table a add c text;\nalter table a add d text;", 1),
        ("create table n (x text);\nalter table n add y text;\nalter table a add c text;", 3),
        ("create table n (x text);\ncreate index on n (x);\ndrop table n;", None),
        ("create table n (x text);\ncreate index on n (x);\nset lock_timeout = '1s';\ndrop table a;", None),
        ("alter table auth.users add c text;\ndrop table a;", 2),
        ("create table n (x text);\ndrop table n;\ncreate index concurrently on a (b);", None),
    ],
)
def test_a_missing_lock_timeout_is_told_once_where_it_matters(
    check_sql: CheckSql, sql: str, line: int | None
) -> None:
    found = [one.line for one in check_sql(_OLD + _NOW + sql, squawk=True) if one.rule == "no-lock-timeout"]
    assert found == ([line] if line else [])


def test_the_name_and_the_place_are_those_of_the_part_that_is_meant(check_sql: CheckSql) -> None:
    sql = f"{_OLD}{_NOW}alter table a\n  add column c text,\n  drop column b;\n"
    (found,) = [finding for finding in check_sql(sql, squawk=True) if finding.rule == "drop-column"]
    assert (found.line, found.column) == (3, 3)
    assert "public.a.b" in found.message


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("character varying(20)", "character varying(50)", True),
        ("character varying(20)", "character varying", True),
        ("character varying(20)", "text", True),
        ("text", "character varying", True),
        ("text", "character varying(20)", False),
        ("character varying(50)", "character varying(20)", False),
        ("numeric(6,2)", "numeric(12,2)", True),
        ("numeric(6,2)", "numeric", True),
        ("numeric(6,2)", "numeric(6,3)", False),
        ("numeric", "numeric(6,2)", False),
        ("timestamp(3) with time zone", "timestamp(6) with time zone", True),
        ("timestamp(3) with time zone", "timestamp with time zone", True),
        ("timestamp without time zone", "timestamp with time zone", False),
        ("integer", "bigint", False),
        ("cidr", "inet", True),
        ("inet", "cidr", False),
        ("text[]", "character varying[]", False),
        ("bit(3)", "bit(4)", False),
        ("bit varying(3)", "bit varying(4)", True),
    ],
)
def test_which_type_changes_leave_the_rows_alone(old: str, new: str, *, kept: bool) -> None:
    assert stays(old, new) is kept
