"""The inputs of `fuzz_check.py`: real SQL, and ways to spoil it."""  # noqa: INP001  # beside a script

import ast
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from supa_deploy.migrations.grammar import Refused, TooDeep, accepts
from supa_deploy.migrations.pieces import cut
from supa_deploy.shadow.binaries import cache_home

ROOT = Path(__file__).parents[1]
_LONGEST = 6000
_SQL = re.compile(
    r"\b(?:create|alter|select|insert|drop|grant|begin|comment|update|delete|do)\b", re.IGNORECASE
)
_PAGE_BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)
_TOKEN = re.compile(r"\s+|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$\w*\$|\w+|::|.", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_PLAIN = r"""
    ' " $$ $a$ ( ) [ ] ; , . :: := .. -- /* */ \ % @ E' U&' B' X' N' U&" $1 $ :x => || ->> <<a>> # - + null begin end
    if then loop case when select from as create table function returns trigger set into execute declare 0x 1e
    99999999999 1_000 not union with commit drop default check generated using concurrently rollback;
"""
_BITS = (
    *_PLAIN.split(),
    *("or replace", "language plpgsql", "begin atomic", "alter table", "add column", "partition of"),
    *("\n", "\r\n", "\t", "-- x\n", "/* x */"),
    *("é", "→", "🙂", "\u0301", "\u200b", "\ufeff", "\u2028", "\x01", "\x7f", "ſ", "İ", "\U0010ffff"),
)


def corpus() -> list[str]:
    """The texts that are mutated: the example, SQL in the tests and in the rules' pages, PostgreSQL's own files."""
    places = [*ROOT.glob("supabase/**/*.sql"), *ROOT.glob("tests/e2e/*.sql")]
    places += sorted(cache_home(os.environ).glob("regress-*/*/*.sql"))
    texts = [piece for place in sorted(places) for piece in _statements(place.read_bytes())]
    for page in sorted(ROOT.glob("src/supa_deploy/rules/pages/*.md")):
        texts += _PAGE_BLOCK.findall(page.read_text("utf-8"))
    for test in sorted(ROOT.glob("tests/**/test_*.py")):
        for node in ast.walk(ast.parse(test.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
                texts.append(node.value)
    texts = [text for text in texts if 8 <= len(text) <= _LONGEST]
    wrong = [text for text in texts if _is_wrong(text)]
    known = set(wrong)
    return [text for text in texts if text not in known] + wrong[::10]


def _is_wrong(text: str) -> bool:
    try:
        accepts(text.replace("\0", ""))
    except (Refused, TooDeep, UnicodeEncodeError):
        return True
    return False


def _statements(data: bytes) -> Iterator[str]:
    for start, end in cut(data):
        yield data[start:end].decode(errors="replace").strip() + ";"


def made(texts: Sequence[str], seed: int, number: int) -> str:
    """The input of that number."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  # nothing is kept secret by it
    first = chance.randrange(len(texts))
    text = "\n".join(texts[first : first + chance.choice((1, 1, 1, 2, 3))])
    ways = _GENTLE if chance.random() < 0.5 else _MUTATIONS
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        text = chance.choice(ways)(chance, text, texts)
    return text[: 2 * _LONGEST]


def _byte_flips(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    data = bytearray(text.encode())
    for _ in range(chance.choice((1, 1, 2, 8))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data.decode(errors=chance.choice(("replace", "ignore")))


def _tokens_changed(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if len(tokens) < 2:
            break
        one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(4):
            case 0:
                del tokens[one]
            case 1:
                tokens.insert(other, tokens[one])
            case 2:
                tokens[one], tokens[other] = tokens[other], tokens[one]
            case _:
                tokens[min(one, other) : max(one, other)] = []
    return "".join(tokens)


def _truncated(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] if chance.random() < 0.7 else text[place:]


def _spliced(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    other = chance.choice(texts)
    start, end = sorted(chance.randrange(len(other) + 1) for _ in range(2))
    place = chance.randrange(len(text) + 1)
    return text[:place] + other[start:end] + text[place + chance.choice((0, end - start)) :]


def _inserted(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(text) + 1)
        text = (
            text[:place]
            + chance.choice(("", " "))
            + chance.choice(_BITS)
            + chance.choice(("", " "))
            + text[place:]
        )
    return text


def _repeated(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    place = chance.randrange(len(tokens))
    some = tokens[place : place + chance.choice((1, 2, 3, 5))]
    return "".join([*tokens[:place], *some * chance.choice((2, 10, 60, 400)), *tokens[place:]])


def _gathered(chance: random.Random, text: str, texts: Sequence[str]) -> str:
    """Whole statements before and after: what stays right, and meets others that it does not know."""
    some = [chance.choice(texts) for _ in range(chance.choice((1, 2, 4)))]
    some.insert(chance.randrange(len(some) + 1), text)
    return "\n".join(some)


def _renamed(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    """One word for another, which often still parses."""
    words = sorted(set(_WORD.findall(text)))
    if len(words) > 1:
        old, new = (
            chance.choice(words),
            chance.choice((*words, "é", "x" * 70, '"A b"', "public.x", "a.b.c.d")),
        )
        text = re.sub(rf"\b{old}\b", lambda _found: new, text, count=chance.choice((0, 1)))
    return text


def _wrapped(chance: random.Random, text: str, _texts: Sequence[str]) -> str:
    start, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    opening, closing = chance.choice(
        (
            ("(", ")"),
            ("do $do$ begin ", "; end $do$;"),
            ("create function f() returns int language plpgsql as $fn$ begin ", "; end $fn$;"),
            ("create function f() returns int language sql as $fn$ ", " $fn$;"),
            ("create function f() returns int begin atomic ", "; end;"),
            ("/*", "*/"),
            ("'", "'"),
            ("create schema s ", ";"),
            ("explain ", ";"),
            ("execute '", "';"),
        )
    )
    return text[:start] + opening + text[start:end] + closing + text[end:]


Mutation = Callable[[random.Random, str, Sequence[str]], str]
_GENTLE: tuple[Mutation, ...] = (_gathered, _renamed, _renamed)
_MUTATIONS: tuple[Mutation, ...] = (
    *_GENTLE,
    _byte_flips,
    _tokens_changed,
    _tokens_changed,
    _truncated,
    _spliced,
    _inserted,
    _inserted,
    _repeated,
    _wrapped,
)
