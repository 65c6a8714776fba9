"""Many kinds of objects in one line a person reads."""

from collections.abc import Callable
from dataclasses import replace

from supa_deploy.model import Check, Report, Verdict, Witness
from supa_deploy.render.checks import groups
from supa_deploy.render.counts import by_witness, summary, tally
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]


def _many(make_check: MakeCheck) -> tuple[Check, ...]:
    numbers = {
        "table": 3,
        "column": 41,
        "foreign_key": 12,
        "index": 17,
        "policy": 9,
        "rls": 3,
        "constraint": 5,
        "trigger": 2,
        "extension": 1,
        "publication": 1,
    }
    return tuple(
        replace(make_check(kind, f"{kind}{n}", table="t"), witness=Witness.CATALOG)
        for kind, number in numbers.items()
        for n in range(number)
    )


def test_kinds_that_are_rarely_asked_after_are_one_number(make_check: MakeCheck) -> None:
    assert summary(_many(make_check)) == (
        "3 tables, 41 columns, 12 foreign keys, 17 indexes, 9 policies and 12 others confirmed"
    )


def test_no_object_is_left_out_of_the_numbers(make_check: MakeCheck) -> None:
    checks = _many(make_check)
    told = [int(word) for word in summary(checks).split() if word.isdigit()]
    assert sum(told) == len(checks)
    assert "others" not in tally(checks)
    assert tally(checks).endswith("2 triggers, 1 extension and 1 publication")


def test_as_many_kinds_as_fit_are_all_named(make_check: MakeCheck) -> None:
    kinds = ("table", "column", "foreign_key", "index", "policy", "rls")
    assert summary(make_check(kind, "x") for kind in kinds) == (
        "1 table, 1 column, 1 foreign key, 1 index, 1 RLS flag and 1 policy confirmed"
    )


def test_a_new_table_speaks_for_all_that_belongs_to_it(make_check: MakeCheck) -> None:
    kinds = ("column", "index", "index", "policy", "trigger")
    parts = tuple(make_check(kind, f"{kind}{n}", table="t") for n, kind in enumerate(kinds))
    checks = (make_check("table", "t"), *parts, make_check("rls", "t", table="t"))
    (group,) = groups(checks, {})
    assert [line.says for line in group.lines] == [
        "Table: t (1 column, 2 indexes, 1 policy, 1 trigger and RLS)"
    ]


def test_what_is_not_as_promised_or_gone_keeps_its_own_line(make_check: MakeCheck) -> None:
    gone = replace(make_check("index", "old", table="t", detail="dropped, and gone"), dropped=True)
    wrong = make_check("index", "i", "mismatch", table="t", detail="invalid")
    (group,) = groups((make_check("table", "t"), gone, wrong), {})
    assert [line.says for line in group.lines] == [
        "Table: t",
        "Index: old on t (dropped, and gone)",
        "Index: i on t (is not what the file promises)",
    ]


def test_the_new_kinds_have_their_words(make_check: MakeCheck) -> None:
    checks = (
        make_check("extension", "vector", schema="extensions"),
        make_check("publication", "supabase_realtime", table="chat"),
    )
    (group,) = groups(checks, {})
    assert [line.says for line in group.lines] == [
        "Extension: vector",
        "Publication: supabase_realtime of chat",
    ]


def test_verbose_tells_who_confirmed_how_many(make_report: MakeReport, make_check: MakeCheck) -> None:
    checks = (
        make_check("table", "t"),
        make_check("column", "a", table="t"),
        replace(make_check("index", "i", table="t"), witness=Witness.CATALOG),
        replace(make_check("policy", "p", "missing", table="t"), witness=Witness.CATALOG),
        make_check("trigger", "g", "not_checkable", table="t"),
    )
    assert by_witness(checks) == "2 by the Data API, 1 by the catalog"
    said = "confirmed: 2 by the Data API, 1 by the catalog\n"
    assert said in screen(make_report(checks=checks), Look(verbosity=1))
    assert said not in screen(make_report(checks=checks), Look())
    nobody = tuple(replace(check, verdict=Verdict.MISSING) for check in checks)
    assert "confirmed:" not in screen(make_report(checks=nobody), Look(verbosity=1))
