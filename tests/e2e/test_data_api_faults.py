"""The Data API starts, lags, falls silent, talks nonsense or refuses; and what is really wrong is called wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Project, Runner

    from supa_deploy.platform.throwaway import Faults

DEPLOY = ("deploy", "--yes", "--output", "json")
VERIFY = ("verify", "--output", "json")
REST = "/rest/v1"

TWO_TABLES = """
create table public.authors (id bigint primary key, name text not null);
create table public.books (
  id bigint primary key,
  author bigint not null references public.authors (id)
);
create function public.shelf(size integer) returns integer language sql stable as 'select size';
grant all on public.authors, public.books to service_role;
"""


def test_an_api_that_is_still_starting_is_waited_for(supa_deploy: Runner, project: Project) -> None:
    version = project.write_notes()
    supa_deploy.platform.faults.data_api_starting(times=3)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert ran.verdicts()["column public.notes.body"] == "confirmed"
    assert [r.status for r in supa_deploy.platform.requests if r.path.startswith(REST)].count(503) == 3


def test_a_cache_that_is_stale_for_a_while_is_waited_for(supa_deploy: Runner, project: Project) -> None:
    project.write("20260101000000_library.sql", TWO_TABLES)
    supa_deploy.platform.faults.stale(until_request=6)
    ran = supa_deploy(*DEPLOY)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert ran.verdicts()["foreign_key public.books.books_author_fkey"] == "confirmed"
    assert ran.verdicts()["function public.shelf"] == "confirmed"


def test_a_cache_that_stays_stale_is_not_visible_and_never_missing(
    supa_deploy: Runner, project: Project
) -> None:
    """12.0.2 asks the database for tables, columns and the list of functions, and its cache for keys (facts 4.1)."""
    project.write("20260101000000_library.sql", TWO_TABLES)
    supa_deploy.platform.faults.stale()
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (9, "verification_failed"), ran.stdout + ran.stderr
    verdicts = ran.verdicts()
    assert verdicts["table public.books"] == verdicts["function public.shelf"] == "confirmed"
    assert verdicts["foreign_key public.books.books_author_fkey"] == "not_visible"
    assert "missing" not in verdicts.values()
    assert "mismatch" not in verdicts.values()
    (check,) = [c for c in ran.report["checks"] if c["object"] == "foreign_key"]
    assert "reload schema" in check["detail"]


FAULTS: dict[str, Callable[[Faults], None]] = {
    "silent": lambda faults: faults.hang(REST),
    "closes": lambda faults: faults.close(REST),
    "garbage": lambda faults: faults.answer(REST, 200, "<html>hello</html>", content_type="text/html"),
    "other json": lambda faults: faults.answer(REST, 200, '{"hello": "world"}'),
    "not found": lambda faults: faults.answer(REST, 404, "<html>404</html>", content_type="text/html"),
    "521": lambda faults: faults.answer(REST, 521, "error code: 521", content_type="text/plain"),
    "starting": lambda faults: faults.data_api_starting(),
    "refuses the key": lambda faults: faults.data_api_refuses_key(),
}


def test_an_api_that_cannot_be_asked_leaves_it_unverified(supa_deploy: Runner, project: Project) -> None:
    """Whatever it does instead of answering: the push stands, nothing is confirmed, nothing is called wrong."""
    version = project.write_notes()
    platform = supa_deploy.platform
    FAULTS["starting"](platform.faults)
    pushed = supa_deploy(*DEPLOY, "--timeout", "22")
    assert (pushed.exit_code, pushed.outcome) == (17, "unverified"), pushed.stdout + pushed.stderr
    assert pushed.report["applied"] == [version]
    assert "history has the migrations" in pushed.report["error"]["message"]
    ended = {}
    for name, begin in FAULTS.items():
        platform.faults.clear()
        begin(platform.faults)
        ran = supa_deploy(*VERIFY, "--timeout", "8")
        seen = {(check["verdict"], check["witness"]) for check in ran.report["checks"]}
        # Where there is time left the second witness speaks alone; the first confirms nothing.
        ended[name] = (
            ran.exit_code,
            ran.outcome,
            seen - {("confirmed", "catalog"), ("not_checkable", "none")},
        )
    assert ended == dict.fromkeys(FAULTS, (17, "unverified", set()))

    platform.faults.clear()
    again = supa_deploy(*VERIFY)
    assert (again.exit_code, again.outcome) == (0, "ok")


def test_private_tables_are_told_and_do_not_fail_unless_asked(supa_deploy: Runner, project: Project) -> None:
    """Since 2026-10-30 nobody is granted anything: 42501 on the very table proves that it is there."""
    project.write(
        "20260101000000_private.sql",
        "create table public.vault (id bigint primary key, word text);\n"
        "create schema backstage;\ncreate table backstage.props (id bigint primary key);\n",
    )
    ran = supa_deploy(*DEPLOY)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    verdicts = ran.verdicts()
    assert verdicts["table public.vault"] == "not_granted"
    assert verdicts["table backstage.props"] == "not_exposed"

    told = supa_deploy("verify")
    assert told.exit_code == 0
    assert "not granted" in told.stdout
    assert "grant" in told.stdout.lower()
    assert "public.vault" in told.stdout
    assert "not exposed" in told.stdout

    legacy = {"SUPABASE_SERVICE_ROLE_KEY": supa_deploy.platform.credentials.service_role_key}
    strict = supa_deploy(*VERIFY, "--require-api", env=legacy)
    assert (strict.exit_code, strict.outcome) == (9, "verification_failed")
    assert "vault" in strict.report["error"]["message"]


def test_what_was_changed_behind_its_back_is_found(supa_deploy: Runner, project: Project) -> None:
    project.write("20260101000000_library.sql", TWO_TABLES)
    project.write(
        "20260102000000_gone.sql",
        "create table public.gone (id int primary key);\ngrant all on public.gone to service_role;\n",
    )
    assert supa_deploy(*DEPLOY).exit_code == 0
    sql = supa_deploy.platform.sql
    sql("drop table public.gone")
    sql("alter table public.authors drop column name")
    sql("alter table public.books alter column author type integer")
    sql("drop function public.shelf(integer)")
    ran = supa_deploy(*VERIFY)
    assert (ran.exit_code, ran.outcome) == (9, "verification_failed"), ran.stdout + ran.stderr
    verdicts = ran.verdicts()
    assert verdicts["table public.gone"] == "missing"
    assert verdicts["column public.authors.name"] == "missing"
    assert verdicts["column public.books.author"] == "mismatch"
    assert verdicts["function public.shelf"] in {"missing", "not_visible"}
    assert verdicts["table public.books"] == verdicts["column public.books.id"] == "confirmed"
    (type_check,) = [c for c in ran.report["checks"] if c["table"] == "books" and c["column"] == "author"]
    assert "integer" in type_check["detail"]
    assert "bigint" in type_check["detail"]

    other = supa_deploy(*VERIFY, "--only", "20260102000000")
    assert other.exit_code == 9
    assert {c["migration"] for c in other.report["checks"]} == {"20260102000000"}
