"""Files that are not one transaction. What the real CLIs (3.1.0, 2.99.0) made of each is in the comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import RiskKind, transaction_risks
from supa_deploy.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script


@pytest.mark.parametrize(
    ("text", "rule", "severity", "line"),
    [
        # Exit code 0, nothing recorded, later files lost too.
        ("create table b ();\ncommit;\nbegin;\ncreate table b2 ();", "commit-inside", Severity.ERROR, 3),
        ("create table a ();\nbegin;\ncreate table b ();", "commit-inside", Severity.ERROR, 2),
        ("begin;\ncreate table a ();\ncommit and chain;", "commit-inside", Severity.ERROR, 3),
        # Exit code 0, recorded, and the table is not there.
        ("begin;\ncreate table a ();\nrollback;", "commit-inside", Severity.ERROR, 3),
        ("create table a ();\nrollback;", "commit-inside", Severity.ERROR, 2),
        # Applied and recorded as they should be, only not as one transaction.
        ("begin;\ncreate table a ();\ncommit;\ncreate table b ();", "commit-inside", Severity.WARNING, 3),
        (
            "begin;create table a ();commit;\nbegin;create table b ();\nend;",
            "own-transaction",
            Severity.WARNING,
            3,
        ),
        ("-- x\nBEGIN;\ncreate table a ();\nCOMMIT;\n", "own-transaction", Severity.WARNING, 4),
        ("create table a ();\ncommit;", "own-transaction", Severity.WARNING, 2),
    ],
)
def test_own_transactions_are_judged_by_what_the_cli_makes_of_them(
    script: Callable[..., Script], text: str, rule: str, severity: Severity, line: int
) -> None:
    (finding,) = script(text).problems
    assert (finding.rule, finding.severity, finding.line) == (rule, severity, line)
    assert finding.excerpt == text.splitlines()[line - 1]


@pytest.mark.parametrize(
    "text", ["create table a ();", "savepoint s; rollback to s; release s;", "do $$ begin end $$"]
)
def test_ordinary_files_are_not_complained_about(script: Callable[..., Script], text: str) -> None:
    assert script(text).problems == ()
    assert transaction_risks(script(text)) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("begin; select 1; commit;", [RiskKind.OWN_BEGIN, RiskKind.OWN_COMMIT]),
        ("select 1; rollback;", [RiskKind.OWN_ROLLBACK]),
        ("do $$ begin perform 1; commit; end $$;", [RiskKind.PROCEDURE]),
        ("do $$ begin perform 1; end $$;", []),
        ("call p();", [RiskKind.PROCEDURE]),
        ("create index concurrently i on t (a);", [RiskKind.CONCURRENTLY]),
        ("drop index concurrently i;", [RiskKind.CONCURRENTLY]),
        ("reindex table concurrently t;", [RiskKind.CONCURRENTLY]),
        ("reindex (concurrently) table t;", [RiskKind.CONCURRENTLY]),
        ("alter table p detach partition c concurrently;", [RiskKind.CONCURRENTLY]),
        ("refresh materialized view concurrently m;", []),
        ("create index i on t (a); drop index i;", []),
        ("vacuum t; analyze t;", [RiskKind.VACUUM]),
        ("alter system set x = 1; create database d;", [RiskKind.NOT_IN_TRANSACTION] * 2),
        ("-- pg-delta: transaction=false\nselect 1;", [RiskKind.SWITCHED_OFF]),
        ("-- pg-delta: transaction=false\r\nselect 1;", [RiskKind.SWITCHED_OFF]),
    ],
)
def test_risks_are_named(script: Callable[..., Script], text: str, kinds: list[RiskKind]) -> None:
    assert [risk.kind for risk in transaction_risks(script(text))] == kinds


def test_a_risk_has_its_line_and_first_line(script: Callable[..., Script]) -> None:
    (risk,) = transaction_risks(script("select 1;\n-- why\ncreate index concurrently i\n  on t (a);"))
    assert (risk.line, risk.text) == (3, "create index concurrently i")
