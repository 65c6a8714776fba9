"""Local files against the remote history."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.errors import HistoryConflict
from supa_deploy.migrations import Migration
from supa_deploy.planning import Plan, make_plan, migration_states, refuse_conflicts


def migration(version: str) -> Migration:
    return Migration(version, "x", f"supabase/migrations/{version}_x.sql", Path(f"/p/{version}_x.sql"))


def plan_of(local: list[str], remote: list[str]) -> Plan:
    return make_plan([migration(version) for version in local], remote)


def test_pending_is_what_the_history_does_not_have() -> None:
    plan = plan_of(["1", "2", "3"], ["1"])
    assert plan.pending_versions == ("2", "3")
    assert [m.version for m in plan.applied] == ["1"]
    assert plan.late == ()
    assert plan.unknown == ()
    refuse_conflicts(plan, include_all=False)


def test_nothing_remote_nothing_late() -> None:
    assert plan_of(["1", "2"], []).late == ()


def test_late_files_are_refused_unless_all_are_meant() -> None:
    plan = plan_of(["1", "2", "3", "4"], ["1", "3"])
    assert [m.version for m in plan.late] == ["2"]
    with pytest.raises(HistoryConflict) as refused:
        refuse_conflicts(plan, include_all=False)
    assert refused.value.code == "local_versions_late"
    assert refused.value.file == "supabase/migrations/2_x.sql"
    assert "Nothing was sent." in refused.value.message
    assert "--include-all" in (refused.value.hint or "")
    refuse_conflicts(plan, include_all=True)


@pytest.mark.parametrize("include_all", [False, True])
def test_unknown_remote_versions_are_always_refused(include_all: bool) -> None:
    plan = plan_of(["1", "4"], ["1", "3", "2"])
    with pytest.raises(HistoryConflict) as refused:
        refuse_conflicts(plan, include_all=include_all)
    assert refused.value.code == "remote_versions_unknown"
    assert "supabase migration repair --status reverted 2 3" in (refused.value.hint or "")


def test_versions_are_compared_as_text_as_the_cli_does() -> None:
    plan = plan_of(["2025", "20250101000000"], ["20250101000000"])
    assert [m.version for m in plan.late] == ["2025"]
    assert plan_of(["9"], ["10"]).late == ()


def test_states_show_both_sides_in_order() -> None:
    states = migration_states(plan_of(["1", "3"], ["2", "3"]), {"1": ("creates table t",)})
    assert [(s.version, s.local, s.remote) for s in states] == [
        ("1", True, False),
        ("2", False, True),
        ("3", True, True),
    ]
    assert states[0].words == ("creates table t",)
    assert (states[1].name, states[1].file) == (None, None)


VERSIONS = st.lists(st.integers(1, 40).map(lambda n: f"{n:02d}"), unique=True)


@given(VERSIONS, VERSIONS)
def test_every_version_is_somewhere_and_nothing_is_twice(local: list[str], remote: list[str]) -> None:
    plan = plan_of(sorted(local), remote)
    applied = {m.version for m in plan.applied}
    pending = set(plan.pending_versions)
    assert applied | pending == set(local)
    assert not applied & pending
    assert applied | set(plan.unknown) == set(remote)
    assert {m.version for m in plan.late} <= pending
    assert [s.version for s in migration_states(plan, {})] == sorted({*local, *remote})
