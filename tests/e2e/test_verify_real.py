"""Verification against real PostgREST and PostgreSQL, behind the stand-in of the gateway."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.migrations import discover, fold, parse_all
from supa_deploy.model import Check, Verdict
from supa_deploy.outcome import Outcome
from supa_deploy.postgrest import DataApi, Root, RootProbe, ask, rest_url
from supa_deploy.secret import Secret
from supa_deploy.verify import Patience, Verification, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Project

    from supa_deploy.platform.throwaway import Platform

_GRANT = "grant all on all tables in schema public to service_role, anon;"
_ZOO = """
create type mood as enum ('sad', 'ok');
create domain email as text check (value like '%@%');
create type addr as (street text);
create table a (id uuid primary key default gen_random_uuid(), ref text unique, owner uuid references auth.users (id));
create table b (
  id serial primary key, up integer references b (id),
  one uuid unique references a (id), many uuid references a (id), text_key text references a (ref),
  big bigint generated always as identity, small smallint default 3, m mood default 'ok', mm mood[], e email not null,
  ad addr, n numeric(5, 2), ts timestamp(3), vc varchar(10)[], c char(5), bt bit(3), vb bit varying(7),
  s varchar(20) not null default 'active', doubled int generated always as (id * 2) stored,
  iv interval day to second(3), rg int4range, tz timetz(2), q "char", js json, jb jsonb default '{}',
  yes boolean not null default true, d date default current_date, ex text default 'it''s', re real, dp double precision
);
create table pair (x int, y int, primary key (x, y));
create table pairs (x int, y int, foreign key (x, y) references pair (x, y));
create table parted (id int, d date, primary key (id, d)) partition by range (d);
create table parted_1 partition of parted for values from ('2025-01-01') to ('2026-01-01');
create table clash (id int primary key, count int, rank int, mode text, lead int, concat text);
create view v as select id, s, count(*) as total from b group by id, s;
create materialized view mv as select id from a with no data;
create table ran (what text);
create function runs() returns void language plpgsql as $$ begin insert into ran values ('runs'); end $$;
create function runs_rows(n int) returns setof ran language plpgsql security definer as
  $$ begin insert into ran values ('rows'); return query select * from ran; end $$;
create function over(a int) returns int language sql as 'select 1';
create function over(a int, b int default 2) returns int language sql as 'select 1';
create function same(a int) returns int language sql as 'select 1';
create function same(a text) returns int language sql as 'select 1';
create function many(variadic a int[]) returns int language sql as 'select 1';
create function outs(a int, out z int, out w text) language sql as $$ select 1, 'a' $$;
create function touched() returns trigger language plpgsql as $$ begin return new; end $$;
create function unnamed(int) returns int language sql as 'select 1';
"""
_UNSEEN_IN_THE_ZOO = {
    "a/a_owner_fkey",
    "a/a_ref_key",
    "b/b_one_key",
    "email",
    "parted_1/parted_1_pkey",
    "touched",
    "unnamed",
}
_AWKWARD = [
    "a b", "c,d", "E", "f.g", 'h"i', "j(k)", "l:m", "n->o", "p*q", "r%s", "t&u", "v+w", "x'y", "z\\z", "q?r", "s#t",
    "sl/ash", "tr!ail", "$d", " lead", "...", "ünï", "日本", "select", "order", "and", "or", "not", "limit", "columns",
    "on_conflict", "count", "sum", "1st",
]  # fmt: skip


def _name(check: Check) -> str:
    if check.column:
        return f"{check.table}.{check.column}"
    return f"{check.table}/{check.name}" if check.table else check.name


def verdicts(verification: Verification, *, but: Verdict = Verdict.CONFIRMED) -> dict[str, Verdict]:
    """The verdicts that are not `but`."""
    return {_name(check): check.verdict for check in verification.checks if check.verdict is not but}


def details(verification: Verification, name: str) -> str:
    return next(check.detail or "" for check in verification.checks if _name(check) == name)


@pytest.fixture
def look(any_platform: Platform, project: Project) -> Callable[..., Verification]:
    """Verifies what the project's files promise, against the platform as it is."""

    def verify_files(
        *,
        key: str | None = None,
        visitor: bool = False,
        seconds: float = 60.0,
        patience: Patience = Patience(cache=5, api=20),  # noqa: B008  # frozen
    ) -> Verification:
        parsed = parse_all(discover(project.path).migrations)
        assert not parsed.findings
        known = any_platform.credentials
        deadline, interrupt = Deadline.after(seconds), Interrupt()
        base = rest_url(any_platform.api_url)
        with Http(deadline, interrupt) as http:
            return verify(
                fold(parsed.scripts),
                None,
                DataApi(base, Secret(key or known.secret_key), http),
                http=http,
                deadline=deadline,
                interrupt=interrupt,
                visitor=DataApi(base, Secret(known.publishable_key), http) if visitor else None,
                patience=patience,
            )

    return verify_files


@pytest.fixture
def apply(any_platform: Platform, project: Project) -> Callable[..., None]:
    """Writes SQL as the next migration file and runs it as whom the CLI works as, with what the files do not say."""
    count = 0

    def write_and_run(text: str, unsaid: str = "") -> None:
        nonlocal count
        count += 1
        project.write(f"2025010100000{count}_m.sql", text)
        any_platform.sql(f"set role postgres; {text}{unsaid}")

    return write_and_run


@pytest.fixture
def reload(any_platform: Platform) -> Callable[[], None]:
    """Waits until the schema cache has everything done so far: a table made last is in the root."""

    numbers = itertools.count()

    def wait_for_a_marker() -> None:
        marker = f"zz_marker_{next(numbers)}"  # a name of its own: the cache may still hold the one before
        deadline, interrupt = Deadline.after(60), Interrupt()
        with Http(deadline, interrupt) as http:
            api = DataApi(rest_url(any_platform.api_url), Secret(any_platform.credentials.secret_key), http)
            any_platform.sql(f"create table {marker} (id int); grant select on {marker} to service_role")
            while deadline.left > 0:
                [root] = ask([(api, RootProbe("public"))], http)
                if isinstance(root, Root) and marker in root.relations:
                    return
                interrupt.pause(0.05)
        pytest.fail("the schema cache was never reloaded")

    return wait_for_a_marker


@pytest.fixture
def zoo(apply: Callable[..., None]) -> None:
    """Every kind of object, there as promised."""
    apply(_ZOO, _GRANT)


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize("kind", ["secret_key", "service_role_key"])
def test_the_whole_zoo_is_confirmed_with_either_kind_of_key(
    look: Callable[..., Verification], any_platform: Platform, kind: str
) -> None:
    seen = look(key=getattr(any_platform.credentials, kind))
    assert seen.outcome() is Outcome.OK
    assert set(verdicts(seen)) == _UNSEEN_IN_THE_ZOO
    assert any_platform.sql("select count(*) from ran") == [[0]]


@pytest.mark.usefixtures("zoo")
def test_without_the_root_probes_say_the_same_and_run_nothing(
    look: Callable[..., Verification], any_platform: Platform
) -> None:
    seen = look(key=any_platform.credentials.publishable_key)
    assert seen.outcome() is Outcome.OK
    only_the_root = {name for name in verdicts(seen) if "/" in name and name.endswith("_pkey")}
    assert set(verdicts(seen)) == _UNSEEN_IN_THE_ZOO | only_the_root | {"mood", "addr", "clash.concat", "mv"}
    assert any_platform.sql("select count(*) from ran") == [[0]]


_SABOTAGE: list[tuple[str, dict[str, Verdict]]] = [
    ("alter table b drop column n", {"b.n": Verdict.MISSING}),
    ("alter table b alter ts type text", {"b.ts": Verdict.MISMATCH}),
    ("alter table b alter vb type bit varying(9)", {"b.vb": Verdict.MISMATCH}),
    ("alter table b alter small type int", {"b.small": Verdict.MISMATCH}),
    ("alter table b alter yes drop not null", {"b.yes": Verdict.MISMATCH}),
    ("alter table b alter re set not null", {"b.re": Verdict.MISMATCH}),
    ("alter table b alter s set default 'archived'", {"b.s": Verdict.MISMATCH}),
    ("alter table b rename constraint b_many_fkey to other", {}),
    ("alter table b drop constraint other", {"b/b_many_fkey": Verdict.NOT_VISIBLE}),
    ("alter table b drop constraint b_up_fkey", {"b/b_up_fkey": Verdict.NOT_VISIBLE}),
    ("alter table pairs drop constraint pairs_x_y_fkey", {"pairs/pairs_x_y_fkey": Verdict.NOT_VISIBLE}),
    ("alter table pair drop constraint pair_pkey", {"pair/pair_pkey": Verdict.MISSING}),
    ("alter table pair add primary key (x)", {"pair/pair_pkey": Verdict.MISMATCH, "pair.y": Verdict.CONFIRMED}),
    ("alter table clash drop column count, drop column rank, drop column concat",
     {"clash.count": Verdict.MISSING, "clash.rank": Verdict.MISSING, "clash.concat": Verdict.NOT_VISIBLE}),
    ("drop table parted", dict.fromkeys(
        ("parted", "parted.id", "parted.d", "parted/parted_pkey", "parted_1", "parted_1.id", "parted_1.d",
         "parted_1/parted_1_pkey"), Verdict.MISSING)),
    ("revoke all on v from service_role", {"v": Verdict.NOT_GRANTED}),
    ("drop view v", {"v": Verdict.MISSING}),
    ("create view v as select id, s from b; grant select on v to service_role", {"v": Verdict.MISMATCH}),
    ("drop function runs()", {"runs": Verdict.NOT_VISIBLE}),
    ("drop function over(int)", {}),  # not checkable: the other one answers in its place
    ("drop function over(int, int)", {"over": Verdict.NOT_VISIBLE}),
    ("alter type mood add value 'new'", {}),
    ("alter type mood rename value 'sad' to 'blue'", {"mood": Verdict.MISMATCH}),
    ("revoke all on a from service_role", {"a": Verdict.NOT_GRANTED}),
]  # fmt: skip


@pytest.mark.usefixtures("zoo")
def test_each_difference_is_found_and_nothing_else(
    look: Callable[..., Verification], any_platform: Platform, reload: Callable[[], None]
) -> None:
    expected: dict[str, Verdict] = {}
    for sabotage, wrong in _SABOTAGE:
        any_platform.sql(sabotage)
        reload()
        expected |= wrong
        seen = verdicts(look(patience=Patience(cache=0, api=20)))
        found = {name: verdict for name, verdict in seen.items() if verdict is not Verdict.NOT_CHECKABLE}
        expected = {name: verdict for name, verdict in expected.items() if verdict is not Verdict.CONFIRMED}
        assert found == expected, sabotage


def test_every_awkward_column_name_is_confirmed_and_missed(
    look: Callable[..., Verification], apply: Callable[..., None], any_platform: Platform
) -> None:
    def sql(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    apply(
        f'create table "Weird Näme" (id int, {", ".join(f"{sql(name)} text" for name in _AWKWARD)});', _GRANT
    )
    assert verdicts(look()) == {}
    for name in _AWKWARD:
        any_platform.sql(f'alter table "Weird Näme" drop column {sql(name)}')
    seen = look(patience=Patience(cache=0, api=20))
    assert verdicts(seen) == {f"Weird Näme.{name}": Verdict.MISSING for name in _AWKWARD}


def test_a_table_of_three_hundred_columns_is_confirmed(
    look: Callable[..., Verification], apply: Callable[..., None]
) -> None:
    columns = ", ".join(f"a_rather_long_column_name_number_{number:03} int" for number in range(300))
    apply(f"create table wide ({columns});", _GRANT)
    assert verdicts(look()) == {}


def test_what_has_no_grant_or_is_not_exposed_is_told_with_the_statement(
    look: Callable[..., Verification], apply: Callable[..., None]
) -> None:
    apply("create table t (id int); create schema inside; create table inside.u (id int);")
    seen = look()
    assert verdicts(seen) == {"t": Verdict.NOT_GRANTED, "u": Verdict.NOT_EXPOSED, "u.id": Verdict.NOT_EXPOSED}
    assert "GRANT SELECT ON public.t TO service_role;" in details(seen, "t")
    assert seen.outcome() is Outcome.OK
    assert seen.outcome(require_api=True) is Outcome.VERIFICATION_FAILED


def test_what_the_files_drop_is_gone_or_told(
    look: Callable[..., Verification],
    apply: Callable[..., None],
    any_platform: Platform,
    reload: Callable[[], None],
) -> None:
    apply(
        "create table t (id int, old int, count int); create table gone (id int); create view v as select 1 as n;"
        "create function f() returns int language sql as 'select 1';",
        _GRANT,
    )
    apply(
        "alter table t drop column old; alter table t drop column count;"
        "drop table gone; drop view v; drop function f();"
    )
    assert verdicts(look()) == {}
    reload()
    any_platform.sql(
        "alter table t add old int, add count int; create table gone (id int); create view v as select 1 as n;"
        "create function f() returns int language sql as 'select 1';" + _GRANT
    )
    reload()
    seen = look(patience=Patience(cache=2, api=20))
    assert verdicts(seen) == dict.fromkeys(("t.old", "t.count", "gone", "v", "f"), Verdict.MISMATCH)


def test_a_policy_that_breaks_only_for_visitors_is_found(
    look: Callable[..., Verification], apply: Callable[..., None]
) -> None:
    apply(
        "create table private (id int); create table t (id int); create table u (id int); create table w (id int);"
        "alter table t enable row level security; alter table u enable row level security;"
        "create policy recurses on t for select using (exists (select 1 from t));"
        "create policy reads_private on u for select using (exists (select 1 from private));"
        "alter table w enable row level security; create policy fine on w for select using (true);"
        "grant select on t, u, w to anon, service_role; grant select on private to service_role;"
    )
    seen = look(visitor=True)
    broken = {name: verdict for name, verdict in verdicts(seen).items() if verdict is Verdict.MISMATCH}
    assert broken == {"t/recurses": Verdict.MISMATCH, "u/reads_private": Verdict.MISMATCH}
    assert "42P17" in details(seen, "t/recurses")
    assert "permission denied for table private" in details(seen, "u/reads_private")
    assert verdicts(seen)["w/fine"] is Verdict.NOT_CHECKABLE


_KEYED = "create table a (id int primary key); create table b (a_id int references a);"


def test_a_cache_that_is_stale_for_a_while_is_waited_for(
    look: Callable[..., Verification], apply: Callable[..., None], any_platform: Platform
) -> None:
    any_platform.faults.stale(until_request=8)
    apply(_KEYED, _GRANT)
    assert verdicts(look(patience=Patience(cache=30, api=20))) == {}


def test_a_cache_that_stays_stale_is_said_to_be(
    look: Callable[..., Verification],
    apply: Callable[..., None],
    any_platform: Platform,
    reload: Callable[[], None],
) -> None:
    for attempt in range(5):
        reload()
        any_platform.faults.stale()
        one, other = f"a{attempt}", f"b{attempt}"
        apply(
            f"create table {one} (id int primary key); create table {other} (a_id int references {one});",
            f"grant select on {one}, {other} to service_role",
        )
        seen = look(patience=Patience(cache=1, api=20))
        # A reload asked for earlier can still come, before the look or after it: then once more.
        if not _cache_knows(any_platform, other) and f"{other}/{other}_a_id_fkey" in verdicts(seen):
            break
        any_platform.faults.clear()
    found = verdicts(seen)
    assert found[f"{one}/{one}_pkey"] is Verdict.NOT_VISIBLE
    assert found[f"{other}/{other}_a_id_fkey"] is Verdict.NOT_VISIBLE
    assert "NOTIFY pgrst, 'reload schema'" in details(seen, f"{other}/{other}_a_id_fkey")


def _cache_knows(platform: Platform, table: str) -> bool:
    """True when PostgREST's root shows the table."""
    deadline, interrupt = Deadline.after(60), Interrupt()
    with Http(deadline, interrupt) as http:
        api = DataApi(rest_url(platform.api_url), Secret(platform.credentials.secret_key), http)
        [root] = ask([(api, RootProbe("public"))], http)
    return isinstance(root, Root) and table in root.relations


def test_an_api_that_is_starting_is_waited_for(
    look: Callable[..., Verification], apply: Callable[..., None], any_platform: Platform
) -> None:
    apply(_KEYED, _GRANT)
    any_platform.faults.data_api_starting(times=7)
    assert verdicts(look()) == {}


def test_a_refused_key_or_a_silent_api_leaves_it_unverified(
    look: Callable[..., Verification], apply: Callable[..., None], any_platform: Platform
) -> None:
    apply(_KEYED, _GRANT)
    any_platform.faults.data_api_refuses_key()
    seen = look()
    assert (seen.outcome(), "Invalid API key" in (seen.reason or "")) == (Outcome.UNVERIFIED, True)
    any_platform.faults.clear()
    any_platform.faults.hang("/rest/v1")
    assert look(seconds=2).outcome() is Outcome.UNVERIFIED
    any_platform.faults.clear()
    any_platform.faults.close("/rest/v1")
    assert look(patience=Patience(cache=0, api=0.3)).outcome() is Outcome.UNVERIFIED
    any_platform.faults.clear()
    any_platform.faults.answer("/rest/v1", 200, "<html>welcome</html>", content_type="text/html")
    assert look(patience=Patience(cache=0, api=0.3)).outcome() is Outcome.UNVERIFIED


@pytest.mark.usefixtures("project")
def test_the_example_costs_one_root_and_a_few_probes(
    look: Callable[..., Verification], any_platform: Platform, project: Project, reload: Callable[[], None]
) -> None:
    project.copy_example()
    for file in sorted(project.migrations.glob("*.sql")):
        any_platform.sql(file.read_text("utf-8"))
    reload()
    before = len(any_platform.requests)
    seen = look()
    assert seen.outcome() is Outcome.OK
    assert set(verdicts(seen).values()) == {Verdict.NOT_CHECKABLE}
    roots = [request for request in any_platform.requests[before:] if request.path == "/rest/v1/"]
    assert len(roots) == 1
    assert seen.traffic.requests < 40
