"""The entity diagram: what it shows of a feature, and the same in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from supa_deploy.model import AlteredTable, Counts, Feature, FileAccount, Impact
from supa_deploy.render.document.shorttypes import short_type
from supa_deploy.render.html.diagram import figure
from supa_deploy.render.html.diagram.entities import HEADER, Key, Row, State, picture
from supa_deploy.schema import Column, ForeignKey, Index, Origin, QName, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

HERE = Origin("1", "1_a.sql", 1)


def texts(drawn: Element, kind: str) -> list[str]:
    return [e.text or "" for e in drawn.iter("text") if e.get("class") == kind]


def said(drawn: Element) -> str:
    return "".join(drawn.itertext())


def test_new_tables_show_every_column_and_what_keys_it(
    tables_of: Callable[[Mapping[str, Sequence[str]]], Feature],
) -> None:
    made = picture(tables_of({"users": (), "posts": ("users", "posts")}))
    users, posts = made.entities
    assert users.rows == (Row("id", "uuid", "PK"),)
    assert posts.rows == (
        Row("id", "uuid", "PK"),
        Row("users_id", "uuid", "FK"),
        Row("posts_id", "uuid", "FK"),
    )
    assert made.keys == (Key(1, 1, 0, 0, single=False), Key(1, 2, 1, 0, single=False))
    assert {entity.state for entity in made.entities} == {State.NEW}


def test_older_tables_show_what_matters_here(tables_of: Callable[..., Feature]) -> None:
    new = tables_of({"posts": ("users", "accounts", "gone")}).touched[0]
    users, accounts = tables_of({"users": ("accounts",), "accounts": ()}, 5).touched
    added = Column("nick", "character varying(30)", HERE)
    users = replace(users, columns={**users.columns, "nick": added})
    gone = Table(QName("public", "gone"), HERE, assumed=True, columns_known=False)
    feature = replace(
        tables_of({"posts": ()}),
        files=(
            replace(tables_of({}).files[0], tables=(new,), altered=(AlteredTable(users, columns=(added,)),)),
        ),
        touched=(accounts, gone, new, users),
    )
    made = {entity.label: entity for entity in picture(feature).entities}
    assert list(made) == ["posts", "users", "accounts", "gone"]
    assert [(row.name, row.fresh) for row in made["users"].rows] == [
        ("id", False),
        ("accounts_id", False),
        ("nick", True),
    ]
    assert made["users"].rows[-1].type == "varchar(30)"
    assert (made["users"].state, made["users"].more) == (State.ALTERED, 5)
    assert (made["accounts"].state, made["accounts"].rows, made["accounts"].more) == (
        State.EXISTING,
        (Row("id", "uuid", "PK"),),
        5,
    )
    assert (made["gone"].rows, made["gone"].more) == ((Row("id"),), None)


def test_a_key_without_columns_in_sight_points_to_the_box() -> None:
    target = Table(QName("auth", "users"), HERE, assumed=True, columns_known=False)
    key = ForeignKey("k", ("user_id",), target.name, (), HERE)
    child = Table(
        QName("public", "a"),
        HERE,
        columns={"user_id": Column("user_id", "uuid", HERE)},
        foreign_keys={"k": key},
    )
    made = picture(_feature(child, target))
    assert made.keys == (Key(0, 0, 1, HEADER, single=False),)


def test_at_most_one_row_where_the_key_is_unique(tables_of: Callable[..., Feature]) -> None:
    users, profiles = tables_of({"users": (), "profiles": ("users",)}).touched
    whole = Index("i", ("users_id",), HERE, unique=True)
    single = replace(profiles, indexes={"i": whole})
    partial = replace(profiles, indexes={"i": replace(whole, where="true")})
    assert [key.single for key in picture(_feature(users, single)).keys] == [True]
    assert [key.single for key in picture(_feature(users, partial)).keys] == [False]


def test_a_long_table_keeps_its_keys(tables_of: Callable[..., Feature]) -> None:
    made = picture(tables_of({"users": (), "posts": ("users",)}, 100)).entities[1]
    assert len(made.rows) == 24
    assert {row.key for row in made.rows} == {"PK", "FK", ""}
    assert made.more == 78


def test_what_has_no_room_is_named_and_its_keys_are_told(tables_of: Callable[..., Feature]) -> None:
    feature = tables_of({f"t{n:02}": ("t00",) for n in range(55)})
    made = picture(feature)
    assert (len(made.entities), len(made.left_out)) == (40, 15)
    words = said(figure(feature, 1))
    assert "15 tables had no room in the diagram: t40, t41," in words
    assert "t51 and 3 more." in words
    assert "t54.t00_id points to t00.id" in words


def test_it_says_in_words_what_it_draws(tables_of: Callable[..., Feature]) -> None:
    feature = tables_of({"users": (), "posts": ("users",)})
    drawn = figure(feature, 7)
    picture_ = next(drawn.iter("svg"))
    assert picture_.get("role") == "img"
    named = {e.get("id", ""): e.text or "" for e in picture_.iter() if e.get("id")}
    assert " ".join(named) == picture_.get("aria-labelledby")
    assert "2 new tables; 1 foreign key." in " ".join(named.values())
    assert texts(picture_, "name") == ["users", "posts"]
    assert texts(picture_, "state") == ["new", "new"]
    assert "posts.users_id points to users.id" in said(drawn)


def test_a_feature_that_touches_no_table_says_so(tables_of: Callable[..., Feature]) -> None:
    assert said(figure(tables_of({}), 1)) == "These files touch no table."


def test_types_go_by_their_short_names() -> None:
    assert short_type("timestamp(3) with time zone") == "timestamptz(3)"
    assert short_type("character varying(255)[]") == "varchar(255)[]"
    assert short_type("timestamp without time zone") == "timestamp"
    assert short_type(None) == "unknown"
    assert short_type('public."my character"') == 'public."my character"'


def _feature(*tables: Table) -> Feature:
    known = tuple(table for table in tables if not table.assumed)
    return Feature((FileAccount("1", "a", "1_a.sql", "a", known),), Impact(Counts(), Counts()), tables)
