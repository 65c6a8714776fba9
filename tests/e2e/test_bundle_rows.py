"""A file cut as the CLI cuts it: real rows of each generation, held against ours one by one."""

import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.bundle.splitting import split
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.platform.throwaway import Platform
from supa_deploy.settings import Flags, load
from supa_deploy.supabase import RepairStatus, Supabase

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES: Mapping[str, str] = {
    "plain": "create table a (id int);\ncreate table b (id int);\n",
    "no_semicolon": "select 1;\n\nselect 2\n  \n\t",
    "empty": "",
    "white": " \n\t\r\n",
    "semicolons": ";;\n;select 1;;\n;",
    "comments_alone": "-- nothing\n/* at ; all */\n",
    "comments": "-- leading ;\nselect 1; -- behind ;\n/* between ; */ select 2;\n-- at the end ;",
    "nested_comments": "/* a /* b ; */ c ; */ select 1; select 2;",
    "overlapping_marks": "/*/* ; */*/ select 1;",
    "open_comment": "select 1; /* never ; closed",
    "return_in_comment": "-- a\rselect 1;-- b\r;select 2;",
    "dollars": "do $$ begin null; end $$; do $a$ select ';' $a$; select $q$ $$;$$ $q$;",
    "dollar_in_words": "select a$b, c$$d from t; select $1; select $1$;$1$;",
    "open_dollar": "do $x$ begin; end $y$; select 1;",
    "tag_of_letters": "select $é$;$é$; select $a-$ ; select 2;",
    "strings": "select 'a;b', 'it''s; ok', 'back\\'; select \"x;\"\"y\" ; select '';",
    "escapes": "select E'a\\';b' ; select e'\\\\'; select E'a'\n'b\\';c'; select U&'\\0061;';",
    "escape_beside": "select E'a' 'b\\'; select 2; select E'a' -- c\n 'b\\';c'; select 3; select E'a' /**/\n'\\'; 4;",
    "escape_after_word": "select xe'\\'; select 1e'\\';",
    "open_string": "select 1; select 'never ; closed",
    "backslash": "\\; select 1; \\' ; select 2;",
    "brackets": "create rule r as on insert to t do also (insert into u values (1); delete from v); select 2;",
    "atomic": "create function f() returns int language sql begin atomic\n select 1; select case when 1 then 1 end;\n"
    "end;\nselect 2;",
    "atomic_upper": "CREATE FUNCTION f() RETURNS int LANGUAGE SQL BEGIN\n\tATOMIC SELECT 1; /* ; */ -- ;\n "
    "END ; SELECT 2;",
    "atomic_word": "select atomic; select 2; select 'begin' atomic; select 3;",
    "endings": "begin atomic select 1; endx; select ending; end; select 3;",
    "crlf": "create table d (\r\n id int\r\n);\r\n\r\nselect 1;\r\n",
    "bom": "\ufeffselect 1;\ufeffselect 2;",
    "characters": "select '漢 é \U0001f600 \u202e \x01'; \u00a0\u3000select 2;\u2028",
    "psql": "\\set x 1;\nselect :x, ':y'; \\q\n",
    "transaction": "begin;\nselect 1;\ncommit;\n",
    "long": "select 1 /* " + "x" * 300_000 + " */; select 2;",
}
# What older generations cut otherwise: marks of comments that overlap; 2.99.0 also strings with escapes, an END in a
# body in BEGIN ATOMIC, a comment that a carriage return ends, and a dollar sign beside letters. It keeps a byte order
# mark.
DIFFERENT: Mapping[str, frozenset[str]] = {
    "3.1.0": frozenset(),
    "2.122.1": frozenset({"overlapping_marks"}),
    "2.99.0": frozenset(
        {
            *("atomic", "bom", "dollar_in_words", "endings", "escape_beside", "escapes"),
            *("overlapping_marks", "return_in_comment", "tag_of_letters"),
        }
    ),
}
_WORDS = (
    *(
        "select 1",
        ";",
        ";;",
        " ",
        "\n",
        "\r\n",
        "\r",
        "'",
        "''",
        "'a;b'",
        '"',
        '"x;"',
        "E'",
        "e'\\';'",
        "xe'",
        "$",
        "$$",
    ),
    *(
        "$a$",
        "$1",
        "$a$b;$a$",
        "x$$y",
        "--",
        " -- c;\n",
        "/*",
        "*/",
        "/*/",
        "/* ; */",
        "/*/* ; */*/",
        "\\",
        "\\;",
        "(",
        ")",
    ),
    *(
        "begin atomic ",
        "BEGIN\n\tATOMIC",
        "begin atomic select 1; end",
        "end",
        "END",
        "end;",
        "case when 1 then 2 end",
    ),
    *(
        "endx",
        "xend",
        "atomic",
        "é",
        "\ufeff",
        "\u00a0",
        "\u2028",
        "a",
        "_",
        "1",
        "-",
        "/",
        "*",
        "E'a\\''\n'b\\';'",
    ),
    *(
        "\v",
        "\f",
        "(a;b)",
        "((a);b)",
        "$é$;$é$",
        "$a-$",
        "begin/**/atomic",
        "\x01",
        "\u0130",
        "\u0131",
        "\u017f",
    ),
)

_Rows = Callable[[Sequence[str]], list[list[str]]]


@pytest.fixture
def recorded(any_platform: Platform, cli: Path, private_home: Path, tmp_path: Path) -> "Iterator[_Rows]":
    """What this CLI records of texts, each the text of one file."""
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "supabase" / "config.toml").write_text('project_id = "rows"\n', "utf-8")
    environ = {"PATH": os.environ["PATH"], "HOME": str(private_home), **any_platform.environ(linked=False)}
    supabase = Supabase.open(
        load(Flags(workdir=tmp_path, supabase_bin=cli), environ), Deadline.after(120), Interrupt()
    )

    def record(texts: Sequence[str]) -> list[list[str]]:
        versions = [str(20250101000000 + number) for number in range(len(texts))]
        for version, text in zip(versions, texts, strict=True):
            (folder / f"{version}_x.sql").write_bytes(text.encode())
        assert supabase.begin_repair(versions, RepairStatus.APPLIED).result().failure is None
        rows = any_platform.sql(
            "select statements from supabase_migrations.schema_migrations order by version"
        )
        return [statements or [] for (statements,) in rows]

    yield record
    supabase.close()


def _ours(text: str) -> list[str]:
    return [piece.text for piece in split(text.removeprefix("\ufeff"))]


@pytest.mark.generations
def test_each_text_is_cut_as_the_cli_cuts_it(recorded: _Rows, cli_version: str) -> None:
    theirs = dict(zip(FILES, recorded(list(FILES.values())), strict=True))
    different = {name for name, text in FILES.items() if theirs[name] != _ours(text)}
    assert sorted(different) == sorted(DIFFERENT[cli_version])


def test_random_texts_are_cut_as_the_newest_cli_cuts_them(recorded: _Rows) -> None:
    chance = random.Random(5)  # noqa: S311  # nothing secret: the same texts each time
    texts = ["".join(chance.choices(_WORDS, k=chance.randint(1, 25))) for _ in range(400)]
    theirs = recorded(texts)
    assert sum(len(statements) > 1 for statements in theirs) > 100
    assert [_ours(text) for text in texts] == theirs
