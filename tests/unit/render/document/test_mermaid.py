"""The diagram's text: entities, columns, cardinalities, limits. Mermaid itself reads it in tests/readers."""

from dataclasses import replace

import pytest

from supa_deploy.model import AlteredTable, Counts, Feature, FileAccount, Impact
from supa_deploy.render.document.mermaid import MOST_CHARACTERS, er_diagram, quoted, word
from supa_deploy.schema import (
    Column,
    Constraint,
    ConstraintKind,
    ForeignKey,
    Index,
    Origin,
    QName,
    Table,
)

_HERE = Origin("1", "1_a.sql", 1)
_IMPACT = Impact(Counts(), Counts())
_THREADS, _USERS = QName("public", "threads"), QName("auth", "users")


def _column(name: str, kind: str | None = "uuid", *, nullable: bool = True) -> Column:
    return Column(name, kind, _HERE, nullable=nullable)


def _table(
    name: QName,
    *columns: Column,
    primary: tuple[str, ...] = (),
    unique: tuple[str, ...] = (),
    keys: tuple[ForeignKey, ...] = (),
    indexes: tuple[Index, ...] = (),
) -> Table:
    kinds = ((ConstraintKind.PRIMARY_KEY, primary), (ConstraintKind.UNIQUE, unique))
    constraints = {kind.value: Constraint(kind.value, kind, _HERE, names) for kind, names in kinds if names}
    return Table(
        name,
        _HERE,
        columns={column.name: column for column in columns},
        constraints=constraints,
        foreign_keys={key.name: key for key in keys},
        indexes={index.name: index for index in indexes},
    )


def _feature(
    *tables: Table, others: tuple[Table, ...] = (), altered: tuple[AlteredTable, ...] = ()
) -> Feature:
    account = FileAccount("1", "a", "1_a.sql", "a", tables=tables, altered=altered)
    return Feature((account,), _IMPACT, (*tables, *others))


def _to_users(*columns: str) -> ForeignKey:
    return ForeignKey("threads_user_id_fkey", columns, _USERS, ("id",), _HERE)


def test_tables_columns_and_keys() -> None:
    users = _table(_USERS, _column("id", nullable=False), _column("email", "text"), primary=("id",))
    threads = _table(
        _THREADS,
        _column("id", nullable=False),
        _column("user_id", nullable=False),
        _column("title", "character varying(255)"),
        _column("at", "timestamp with time zone"),
        _column("score", "numeric(5,2)"),
        _column("who knows", None),
        primary=("id",),
        unique=("title",),
        keys=(_to_users("user_id"),),
    )
    drawing = er_diagram(_feature(threads, others=(users,)))
    assert drawing.text == (
        "erDiagram\n"
        '    t1["threads"] {\n'
        "        uuid id PK\n"
        "        uuid user_id FK\n"
        "        varchar(255) title UK\n"
        "        timestamptz at\n"
        '        numeric score "numeric(5,2)"\n'
        '        unknown who_knows "who knows"\n'
        "    }\n"
        '    t2["auth.users"] {\n'
        "        uuid id PK\n"
        "    }\n"
        '    t2 ||..o{ t1 : "user_id"\n'
    )
    assert drawing.left_out == ""


@pytest.mark.parametrize(
    ("nullable", "primary", "unique", "index", "line"),
    [
        (False, (), (), None, "||..o{"),
        (True, (), (), None, "|o..o{"),
        (False, (), ("user_id",), None, "||..o|"),
        (True, (), ("user_id",), None, "|o..o|"),
        (False, ("user_id",), (), None, "||--o|"),
        (False, ("user_id", "id"), (), None, "||--o{"),
        (False, (), ("id", "user_id"), None, "||..o{"),
        (False, (), (), Index("i", ("user_id",), _HERE, unique=True), "||..o|"),
        (False, (), (), Index("i", ("user_id",), _HERE, unique=True, where="x"), "||..o{"),
        (False, (), (), Index("i", ("lower(user_id)",), _HERE, unique=True), "||..o{"),
        (False, (), (), Index("i", ("user_id",), _HERE), "||..o{"),
    ],
)
def test_how_many_rows_a_key_joins(
    nullable: bool, primary: tuple[str, ...], unique: tuple[str, ...], index: Index | None, line: str
) -> None:
    table = _table(
        _THREADS,
        _column("id"),
        _column("user_id", nullable=nullable),
        primary=primary,
        unique=unique,
        keys=(_to_users("user_id"),),
        indexes=(index,) if index else (),
    )
    text = er_diagram(_feature(table, others=(_table(_USERS, _column("id")),))).text
    assert f'    t2 {line} t1 : "user_id"\n' in text


def test_an_altered_table_shows_what_is_new_and_its_keys() -> None:
    added = _column("thread_id")
    sessions = _table(QName("public", "sessions"), _column("id"), _column("old"), added, primary=("id",))
    change = AlteredTable(sessions, columns=(added,))
    text = er_diagram(_feature(altered=(change,), others=(sessions,))).text
    assert '        uuid id PK\n        uuid thread_id "new"\n    }\n' in text


def test_keys_between_tables_that_are_only_pointed_to_are_not_told() -> None:
    users = _table(_USERS, _column("id"), primary=("id",), keys=(_to_users("id"),))
    threads = _table(_THREADS, _column("user_id"), keys=(_to_users("user_id"),))
    text = er_diagram(_feature(threads, others=(users,))).text
    assert text.count(" : ") == 1
    assert "uuid id PK, FK" in text


def test_a_table_without_columns_and_a_feature_without_tables() -> None:
    assert er_diagram(_feature(_table(_THREADS))).text == 'erDiagram\n    t1["threads"]\n'
    assert er_diagram(_feature()).text == ""


def test_what_is_left_out_is_said() -> None:
    wide = _table(_THREADS, *(_column(f"c{n}") for n in range(40)), primary=("c39",))
    drawing = er_diagram(_feature(wide, *(_table(QName("public", f"t{n}")) for n in range(70))))
    assert drawing.left_out == "Not in the diagram, to keep it readable: 11 tables and 10 columns."
    assert "uuid c39 PK" in drawing.text
    assert "uuid c29" not in drawing.text


def test_no_diagram_is_longer_than_github_draws() -> None:
    name = "ü" * 63
    columns = [replace(_column(f"{name}{n}"), type=f"{name}.{n}") for n in range(30)]
    tables = [_table(QName("public", f"{name}{n}"), *columns) for n in range(60)]
    drawing = er_diagram(_feature(*tables))
    assert len(drawing.text) <= MOST_CHARACTERS
    assert "tables" in drawing.left_out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("uuid", "uuid"),
        ("double precision", "double_precision"),
        ("varchar(255)[]", "varchar(255)[]"),
        ("pk", "_pk"),
        ("FK-x", "_FK-x"),
        ("pkey", "pkey"),
        ("1st", "_1st"),
        ("שלום", "____"),
        ('"x"', "_x_"),
        ("", "_"),
    ],
)
def test_words(text: str, shown: str) -> None:
    assert word(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("public.a_b", "public.a_b"),
        ('a"b', "a#34;b"),
        ("100%%", "100#37;#37;"),
        ("#35;", "#35;35#59;"),
        ("_x_", "#95;x#95;"),
        ("a\nb", "a#92;nb"),
        ("<b>", "#60;b#62;"),
        ("direction LR", "direction#32;LR"),
        ("שלום 😀", "שלום 😀"),
        (" ", "#34; #34;"),
        ("x" * 100, f"{'x' * 80}…"),
    ],
)
def test_text_in_quotes(text: str, shown: str) -> None:
    assert quoted(text) == shown
