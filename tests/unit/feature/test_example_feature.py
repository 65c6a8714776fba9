"""The example project against the status report that a person wrote of it (and where that is wrong, the files)."""

from pathlib import Path

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import discover, parse_all
from supa_deploy.model import Counts, Feature
from supa_deploy.schema import ConstraintKind

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = ("20250118000001", "20250118000002", "20250118000003", "20250118000004")


@pytest.fixture(scope="module")
def feature() -> Feature:
    """Feature 008: the four files after the baseline."""
    return feature_of(parse_all(discover(ROOT).migrations).scripts, VERSIONS)


def test_the_four_files_are_told_in_order(feature: Feature) -> None:
    assert feature.versions == VERSIONS
    assert not feature.whole


@pytest.mark.parametrize(
    ("table", "columns", "indexes", "commands"),
    [
        ("ai_threads", 11, 5, ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("content_modifications", 19, 6, ["SELECT", "INSERT", "UPDATE"]),
        ("style_customization_history", 11, 4, ["SELECT", "INSERT"]),
    ],
)
def test_each_new_table_has_the_numbers_of_the_report(
    feature: Feature, table: str, columns: int, indexes: int, commands: list[str]
) -> None:
    (found,) = (t for t in feature.tables if t.name.name == table)
    assert (len(found.columns), len(found.indexes)) == (columns, indexes)
    assert [policy.command for policy in found.policies.values()] == commands
    assert found.rls is not None


def test_two_older_tables_gain_a_column_and_an_index_each(feature: Feature) -> None:
    sessions, optimizations = feature.altered
    assert (str(sessions.table.name), str(optimizations.table.name)) == (
        "public.chat_sessions",
        "public.optimizations",
    )
    assert [c.name for c in sessions.columns] == ["openai_thread_id"]
    assert [c.kind for c in sessions.constraints] == [ConstraintKind.UNIQUE]
    assert [i.name for i in sessions.indexes] == ["idx_chat_sessions_openai_thread_id"]
    assert [(c.name, c.default) for c in optimizations.columns] == [("ai_modification_count", "0")]
    assert [i.name for i in optimizations.indexes] == ["idx_optimizations_ai_modification_count"]
    for altered in feature.altered:
        assert (altered.policies, altered.rls) == ((), False)


def test_the_impact_is_that_of_the_report_but_for_its_wrong_sum(feature: Feature) -> None:
    before, after = feature.impact.before, feature.impact.after
    assert (before.tables, after.tables) == (12, 15)
    assert after.columns - before.columns == 11 + 19 + 11 + 2
    assert (
        after.indexes - before.indexes == 17
    )  # the report sums 15: it leaves out those of the altered tables
    assert after.policies - before.policies == 9
    assert after.foreign_keys - before.foreign_keys == 12
    assert feature.impact.sure


def test_the_whole_project_begins_with_nothing() -> None:
    whole = feature_of(parse_all(discover(ROOT).migrations).scripts)
    assert whole.whole
    assert whole.impact.before == Counts()
    assert whole.impact.after.tables == 15
    assert len(whole.files) == 5


def test_the_diagram_holds_new_and_altered_tables_and_what_they_point_to(feature: Feature) -> None:
    touched = {str(table.name): table for table in feature.touched}
    assert list(touched) == sorted(touched)
    assert {"auth.users", "public.chat_messages", "public.ai_threads", "public.chat_sessions"} <= set(touched)
    assert "public.exports" not in touched
    assert touched["auth.users"].assumed
    assert not touched["public.chat_messages"].assumed


def test_each_file_says_what_it_is_for(feature: Feature) -> None:
    assert [file.purpose for file in feature.files] == [
        "Feature 008: persistent conversations",
        (
            "Feature 008: the audit trail of every change the assistant makes to a resume, with what is needed to "
            "revert it"
        ),
        "Feature 008: the history of visual changes that users asked for, each with what is needed to undo it",
        "Feature 008: the two columns that older tables gain",
    ]
