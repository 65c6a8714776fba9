"""The claims of the report that the project grew out of, each held against the example project's own files.

The files are parsed with PostgreSQL's parser here, apart from the code that folds migrations, so that the two
can disagree. The report's sum of indexes (15) leaves out the two on the altered tables: the files have 17.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pgparse
import pytest

SUPABASE = Path(__file__).resolve().parents[2] / "supabase"
BASELINE = "20250101000000_baseline.sql"
THREADS = "20250118000001_create_ai_threads.sql"
MODIFICATIONS = "20250118000002_create_content_modifications.sql"
STYLES = "20250118000003_create_style_history.sql"
ALTERS = "20250118000004_alter_existing_tables.sql"
FEATURE = (THREADS, MODIFICATIONS, STYLES, ALTERS)
NEW_TABLES = {
    "ai_threads": THREADS,
    "content_modifications": MODIFICATIONS,
    "style_customization_history": STYLES,
}

COLUMNS = {
    "ai_threads": {
        "id": "uuid",
        "user_id": "uuid",
        "optimization_id": "uuid",
        "session_id": "uuid",
        "openai_thread_id": "varchar",
        "openai_assistant_id": "varchar",
        "status": "varchar",
        "metadata": "jsonb",
        "created_at": "timestamptz",
        "last_message_at": "timestamptz",
        "archived_at": "timestamptz",
    },
    "content_modifications": {
        "id": "uuid",
        "user_id": "uuid",
        "optimization_id": "uuid",
        "session_id": "uuid",
        "message_id": "uuid",
        "operation": "varchar",
        "field_path": "varchar",
        "old_value": "text",
        "new_value": "text",
        "reason": "text",
        "intent": "varchar",
        "ats_score_before": "numeric",
        "ats_score_after": "numeric",
        "score_change": "numeric",
        "is_reverted": "bool",
        "reverted_at": "timestamptz",
        "reverted_by_modification_id": "uuid",
        "applied_by": "varchar",
        "created_at": "timestamptz",
    },
    "style_customization_history": {
        "id": "uuid",
        "user_id": "uuid",
        "optimization_id": "uuid",
        "session_id": "uuid",
        "message_id": "uuid",
        "customization_type": "varchar",
        "changes": "jsonb",
        "previous_customization": "jsonb",
        "request_text": "text",
        "applied_by": "varchar",
        "created_at": "timestamptz",
    },
}
INDEXED = {
    "ai_threads": ["user_id", "optimization_id", "session_id", "openai_thread_id", "status"],
    "content_modifications": [
        "user_id",
        "optimization_id",
        "session_id",
        "field_path",
        "created_at",
        "is_reverted",
    ],
    "style_customization_history": ["user_id", "optimization_id", "created_at", "customization_type"],
    "chat_sessions": ["openai_thread_id"],
    "optimizations": ["ai_modification_count"],
}
POLICIES = {
    "ai_threads": ["select", "insert", "update", "delete"],
    "content_modifications": ["select", "insert", "update"],
    "style_customization_history": ["select", "insert"],
}
KEYS = {
    "ai_threads": {
        "user_id": "auth.users",
        "optimization_id": "public.optimizations",
        "session_id": "public.chat_sessions",
    },
    "content_modifications": {
        "user_id": "auth.users",
        "optimization_id": "public.optimizations",
        "session_id": "public.chat_sessions",
        "message_id": "public.chat_messages",
        "reverted_by_modification_id": "public.content_modifications",
    },
    "style_customization_history": {
        "user_id": "auth.users",
        "optimization_id": "public.optimizations",
        "session_id": "public.chat_sessions",
        "message_id": "public.chat_messages",
    },
}
ENUMS = {
    ("ai_threads", "status"): ["active", "archived", "error"],
    ("content_modifications", "operation"): ["replace", "prefix", "suffix", "append", "insert", "remove"],
    ("content_modifications", "applied_by"): ["ai_assistant", "user", "system"],
    ("style_customization_history", "customization_type"): ["color", "font", "spacing", "layout", "mixed"],
    ("style_customization_history", "applied_by"): ["ai_assistant", "user", "system"],
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file: the parser's name for it, its tree and its text."""

    kind: str
    tree: Any
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the file writes it."""

    name: str
    type: str
    constraints: tuple[Any, ...]

    def having(self, contype: str) -> list[Any]:
        """The column's constraints of one kind."""
        return [c for c in self.constraints if c["contype"] == contype]


def _statements(file: str) -> list[Statement]:
    source = (SUPABASE / "migrations" / file).read_bytes()
    found = []
    for entry in pgparse.parse(source.decode()):
        start = entry.get("stmt_location", 0)
        text = (
            source[start : start + entry["stmt_len"]].decode()
            if "stmt_len" in entry
            else source[start:].decode()
        )
        (kind,) = entry["stmt"]
        found.append(Statement(kind, entry["stmt"][kind], text))
    return found


def _of(file: str, kind: str) -> list[Statement]:
    return [s for s in _statements(file) if s.kind == kind]


def _qualified(relation: Any) -> str:
    return f"{relation['schemaname']}.{relation['relname']}"


def _column(definition: Any) -> Column:
    type_name = definition["typeName"]["names"][-1]["String"]["sval"]
    constraints = tuple(c["Constraint"] for c in definition.get("constraints", []))
    return Column(definition["colname"], type_name, constraints)


def _columns(table: str) -> dict[str, Column]:
    (create,) = (s for s in _of(NEW_TABLES[table], "CreateStmt") if s.tree["relation"]["relname"] == table)
    columns = [_column(e["ColumnDef"]) for e in create.tree["tableElts"] if "ColumnDef" in e]
    return {c.name: c for c in columns}


def _added_columns() -> dict[str, tuple[Column, bool]]:
    added = {}
    for statement in _of(ALTERS, "AlterTableStmt"):
        for command in statement.tree["cmds"]:
            assert command["AlterTableCmd"]["subtype"] == "AT_AddColumn"
            column = _column(command["AlterTableCmd"]["def"]["ColumnDef"])
            key = f"{statement.tree['relation']['relname']}.{column.name}"
            added[key] = (column, command["AlterTableCmd"].get("missing_ok", False))
    return added


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("sval"), str):
            yield tree["sval"]
        for value in tree.values():
            yield from _strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _strings(value)


def test_the_four_files_of_the_report_follow_the_baseline() -> None:
    files = sorted(p.name for p in (SUPABASE / "migrations").iterdir())
    assert files == [BASELINE, *FEATURE]


def test_twelve_tables_stand_before_the_feature() -> None:
    tables = {_qualified(s.tree["relation"]) for s in _of(BASELINE, "CreateStmt")}
    assert len(tables) == 12
    assert {"public.optimizations", "public.chat_sessions", "public.chat_messages"} <= tables


def test_three_tables_are_new() -> None:
    tables = [s.tree["relation"]["relname"] for file in FEATURE for s in _of(file, "CreateStmt")]
    assert tables == list(NEW_TABLES)


@pytest.mark.parametrize(
    ("table", "count"),
    [("ai_threads", 11), ("content_modifications", 19), ("style_customization_history", 11)],
)
def test_column_counts(table: str, count: int) -> None:
    assert len(_columns(table)) == count


@pytest.mark.parametrize("table", NEW_TABLES)
def test_columns_and_their_types(table: str) -> None:
    assert {c.name: c.type for c in _columns(table).values()} == COLUMNS[table]


@pytest.mark.parametrize("table", NEW_TABLES)
def test_id_is_the_primary_key(table: str) -> None:
    assert [c.name for c in _columns(table).values() if c.having("CONSTR_PRIMARY")] == ["id"]


@pytest.mark.parametrize("table", INDEXED)
def test_indexes_by_convention(table: str) -> None:
    made = [s.tree for file in FEATURE for s in _of(file, "IndexStmt")]
    mine = [t for t in made if t["relation"]["relname"] == table]
    assert [[p["IndexElem"]["name"] for p in t["indexParams"]] for t in mine] == [[c] for c in INDEXED[table]]
    assert [t["idxname"] for t in mine] == [f"idx_{table}_{column}" for column in INDEXED[table]]


def test_seventeen_indexes_where_the_report_sums_fifteen() -> None:
    assert len([s for file in FEATURE for s in _of(file, "IndexStmt")]) == 17


@pytest.mark.parametrize("table", POLICIES)
def test_policies_by_command(table: str) -> None:
    policies = [s.tree for s in _of(NEW_TABLES[table], "CreatePolicyStmt")]
    assert [p["cmd_name"] for p in policies] == POLICIES[table]


def test_every_policy_is_scoped_to_the_signed_in_user() -> None:
    for file in FEATURE:
        for statement in _of(file, "CreatePolicyStmt"):
            conditions = [statement.tree[key] for key in ("qual", "with_check") if key in statement.tree]
            assert conditions, statement.text
            for condition in conditions:
                assert {"auth", "uid", "user_id"} <= set(_strings(condition)), statement.text
                assert condition["A_Expr"]["name"] == [{"String": {"sval": "="}}], statement.text


@pytest.mark.parametrize("table", NEW_TABLES)
def test_rls_is_on(table: str) -> None:
    commands = [c["AlterTableCmd"] for s in _of(NEW_TABLES[table], "AlterTableStmt") for c in s.tree["cmds"]]
    assert [c["subtype"] for c in commands] == ["AT_EnableRowSecurity"]


@pytest.mark.parametrize("table", KEYS)
def test_foreign_keys(table: str) -> None:
    keys = {
        c.name: _qualified(key["pktable"])
        for c in _columns(table).values()
        for key in c.having("CONSTR_FOREIGN")
    }
    assert keys == KEYS[table]


@pytest.mark.parametrize("table", NEW_TABLES)
def test_user_id_cascades_from_auth_users(table: str) -> None:
    (key,) = _columns(table)["user_id"].having("CONSTR_FOREIGN")
    assert _qualified(key["pktable"]) == "auth.users"
    assert [a["String"]["sval"] for a in key["pk_attrs"]] == ["id"]
    assert key["fk_del_action"] == "c"


@pytest.mark.parametrize(("table", "column"), ENUMS)
def test_enum_like_checks(table: str, column: str) -> None:
    (check,) = _columns(table)[column].having("CONSTR_CHECK")
    assert check["raw_expr"]["A_Expr"]["kind"] == "AEXPR_IN"
    values = [v["A_Const"]["sval"]["sval"] for v in check["raw_expr"]["A_Expr"]["rexpr"]["List"]["items"]]
    assert values == ENUMS[table, column]


@pytest.mark.parametrize("column", ["ats_score_before", "ats_score_after"])
def test_scores_lie_between_0_and_100(column: str) -> None:
    (check,) = _columns("content_modifications")[column].having("CONSTR_CHECK")
    expression = check["raw_expr"]["A_Expr"]
    # The parser leaves a zero out of its tree.
    bounds = [b["A_Const"]["ival"].get("ival", 0) for b in expression["rexpr"]["List"]["items"]]
    assert (expression["kind"], bounds) == ("AEXPR_BETWEEN", [0, 100])


def test_score_change_is_generated() -> None:
    (generated,) = _columns("content_modifications")["score_change"].having("CONSTR_GENERATED")
    assert list(_strings(generated["raw_expr"])) == ["-", "ats_score_after", "ats_score_before"]


def test_the_thread_id_is_unique_in_both_tables() -> None:
    assert _columns("ai_threads")["openai_thread_id"].having("CONSTR_UNIQUE")
    assert _added_columns()["chat_sessions.openai_thread_id"][0].having("CONSTR_UNIQUE")


def test_two_older_tables_gain_one_column_each() -> None:
    added = {name: column.type for name, (column, _) in _added_columns().items()}
    assert added == {
        "chat_sessions.openai_thread_id": "varchar",
        "optimizations.ai_modification_count": "int4",
    }


def test_the_modification_count_defaults_to_0() -> None:
    column, _ = _added_columns()["optimizations.ai_modification_count"]
    (default,) = column.having("CONSTR_DEFAULT")
    assert default["raw_expr"]["A_Const"]["ival"].get("ival", 0) == 0


@pytest.mark.parametrize("file", [BASELINE, *FEATURE])
def test_every_file_is_safe_to_run_twice(file: str) -> None:
    statements = _statements(file)
    dropped = set()
    for s in statements:
        if s.kind in {"CreateStmt", "IndexStmt"}:
            assert s.tree.get("if_not_exists"), s.text
        elif s.kind == "DropStmt":
            assert s.tree.get("missing_ok"), s.text
            dropped.add(" ".join(_strings(s.tree["objects"])))
        elif s.kind == "CreatePolicyStmt":
            assert f"public {s.tree['table']['relname']} {s.tree['policy_name']}" in dropped, s.text
        elif s.kind == "CreateTrigStmt":
            assert f"public {s.tree['relation']['relname']} {s.tree['trigname']}" in dropped, s.text
        elif s.kind == "CreateFunctionStmt":
            assert s.tree.get("replace"), s.text
        else:
            # Comments, grants and ENABLE ROW LEVEL SECURITY may be said twice; a DO block hides what it does.
            assert s.kind in {"AlterTableStmt", "CommentStmt", "GrantStmt"}, s.text
    assert all(missing_ok for _, missing_ok in _added_columns().values())


@pytest.mark.parametrize("file", [BASELINE, *FEATURE])
def test_every_new_table_is_granted_to_the_data_api_roles(file: str) -> None:
    granted: dict[str, set[str]] = {}
    for s in _of(file, "GrantStmt"):
        roles = {g["RoleSpec"]["rolename"] for g in s.tree["grantees"]}
        for target in s.tree["objects"]:
            granted.setdefault(_qualified(target["RangeVar"]), set()).update(roles)
    for s in _of(file, "CreateStmt"):
        assert {"authenticated", "service_role"} <= granted[_qualified(s.tree["relation"])], s.text


def test_visitors_are_granted_nothing_but_the_public_templates() -> None:
    to_anon = [
        _qualified(target["RangeVar"])
        for file in (BASELINE, *FEATURE)
        for s in _of(file, "GrantStmt")
        if "anon" in {g["RoleSpec"]["rolename"] for g in s.tree["grantees"]}
        for target in s.tree["objects"]
    ]
    assert to_anon == ["public.templates"]


def test_owned_tables_of_the_baseline_hang_on_auth_users() -> None:
    for s in _of(BASELINE, "CreateStmt"):
        columns = {
            c.name: c for c in (_column(e["ColumnDef"]) for e in s.tree["tableElts"] if "ColumnDef" in e)
        }
        if s.tree["relation"]["relname"] != "templates":
            (key,) = columns["user_id"].having("CONSTR_FOREIGN")
            assert (_qualified(key["pktable"]), key["fk_del_action"]) == ("auth.users", "c"), s.text


def test_the_seed_may_run_twice() -> None:
    for entry in pgparse.parse((SUPABASE / "seed.sql").read_text()):
        assert entry["stmt"]["InsertStmt"]["onConflictClause"]["action"] == "ONCONFLICT_NOTHING"


def test_the_configuration_is_for_postgresql_17_and_seeds() -> None:
    config = tomllib.loads((SUPABASE / "config.toml").read_text())
    assert config["db"]["major_version"] == 17
    assert config["db"]["seed"] == {"enabled": True, "sql_paths": ["./seed.sql"]}
