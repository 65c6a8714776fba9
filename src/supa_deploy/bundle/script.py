"""The script itself: what stands in it, from its first comment to its last query.

Each file stands in a DO block that looks whether the history has it, runs its statements and records them. A DO block
is one statement, so it is all or nothing wherever the script is pasted or piped. What no transaction can hold is sent
by psql's \\gexec, which takes each statement as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from supa_deploy.bundle.entries import Entry, Mode
from supa_deploy.bundle.quoting import comment, plain, quote
from supa_deploy.model import Runner
from supa_deploy.shadow.sql import enclose

_HISTORY = "supabase_migrations.schema_migrations"
_LOCK = 7_310_586_014_021  # any number: of advisory locks there is one for all such scripts
_TABLE = (  # as the CLI makes it
    f"create table if not exists {_HISTORY} (version text not null primary key)",
    f"alter table {_HISTORY} add column if not exists statements text[]",
    f"alter table {_HISTORY} add column if not exists name text",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the head of a script tells. `hazards` are lines of words by version."""

    target: str
    made: str
    url: str | None = None
    environment: str | None = None
    from_history: bool = True
    hazards: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Text:
    """A script and the number of its transactions (a file that is in none counts as one)."""

    sql: str
    transactions: int


def write(entries: Sequence[Entry], proof: str, runner: Runner, facts: Facts) -> Text:
    """The whole script; `proof` is the query that it ends in."""
    groups = _groups(entries)
    parts = [_head(entries, len(groups), runner, facts)]
    psql = runner is Runner.PSQL
    alone = any(entry.mode is Mode.ALONE for entry in entries)
    if psql:
        parts.append("\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\\encoding UTF8\n")
    if alone:
        parts.append(_ONE_AT_A_TIME)
    for group in groups:
        if group[0].mode is Mode.TOGETHER:
            parts.append(_block(group))
            parts.append("\\encoding UTF8\n" if psql else "commit;\n")
        else:
            parts.append(_sent(group[0]))
    if alone:
        parts.append(f"do $$ begin perform pg_catalog.pg_advisory_unlock({_LOCK}); end $$;\n")
    parts.append(f"-- What is there now: every line should have a ✅.\n{proof}")
    return Text("\n".join(parts), len(groups))


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The files in the order of the script, those together that are one transaction."""
    number, numbered = 0, []
    for entry in entries:
        if entry.mode is not Mode.TOGETHER:
            number += 1
        numbered.append((number, entry))
        if entry.mode is not Mode.TOGETHER or entry.closes:
            number += 1
    return [[entry for _, entry in group] for _, group in groupby(numbered, key=lambda pair: pair[0])]


def _head(entries: Sequence[Entry], transactions: int, runner: Runner, facts: Facts) -> str:
    where = f" ({facts.environment})" if facts.environment else ""
    number = f"{len(entries)} migration{'' if len(entries) == 1 else 's'}"
    said = [
        f"{number} for {facts.target}{where}, made by supa-deploy at {facts.made}.",
        "",
        *(f"  {entry.file}" for entry in entries),
        "",
        *_how(runner, facts),
        "Safe to run twice: a file that the history has is passed over.",
        "Afterwards `supabase db push` and `supa-deploy status` see nothing of these files pending.",
        _transactions(entries, transactions),
        "Not in it: supabase/roles.sql and seed files.",
        "Then: `supa-deploy verify`, where there is more at hand than the Dashboard.",
    ]
    if not facts.from_history:
        said.append("It was made of the files alone: what the project has already was not looked at.")
    warned = [f"  {entry.file}: {entry.warning}" for entry in entries if entry.warning]
    hazards = [f"  {version}: {line}" for version, line in facts.hazards]
    closing = [f"  after {entry.file}: {entry.closes}" for entry in entries if entry.closes]
    for title, lines in (
        ("A new transaction begins:", closing),
        ("Look out:", warned),
        ("What it takes away or locks:", hazards),
    ):
        said += ["", title, *lines] if lines else []
    return comment("\n".join(plain_lines(said)))


def plain_lines(lines: Sequence[str]) -> list[str]:
    """Each on one line, whatever a file's name holds."""
    return [plain(line) for line in lines]


def _how(runner: Runner, facts: Facts) -> list[str]:
    if runner is Runner.PSQL:
        return [
            'Run it with: psql "$SUPABASE_DB_URL" -X -f THIS_FILE (the session pooler or the direct host).'
        ]
    where = facts.url or "the Dashboard's SQL editor"
    return [
        f"Paste all of it into {where} and run it as the role postgres.",
        "Should the editor ask, let it run the query as it is: nothing is to be added to it (`Run and enable RLS`).",
        "It stops a query after a minute: what takes longer needs the script for psql.",
    ]


def _transactions(entries: Sequence[Entry], number: int) -> str:
    if any(entry.mode is Mode.ALONE for entry in entries):
        return f"{number} parts: what is done stays when a later one fails; run it again after mending that."
    if number > 1:
        return (
            f"{number} transactions: what is committed stays when a later one fails; run it again after that."
        )
    return "One transaction: all of it, or nothing."


_ONE_AT_A_TIME = f"""\
do $$
begin
  if not pg_catalog.pg_try_advisory_lock({_LOCK}) then
    raise exception 'Another run of such a script is at work on this database. Nothing was changed.';
  end if;
end $$;
"""


def _block(group: Sequence[Entry]) -> str:
    body = "".join((_OPENING, *(_guarded(entry) for entry in group), _CLOSING))
    return f"do {enclose(body, 'supa_deploy')};\n"


_INDENTED_TABLE = "".join(f"    {line};\n" for line in _TABLE)
_OPENING = f"""
declare
  the_statements pg_catalog.text[];
  the_statement pg_catalog.text;
begin
  perform pg_catalog.pg_advisory_xact_lock({_LOCK + 1});
  if not exists (
    select from pg_catalog.pg_attribute as a
    where a.attrelid = pg_catalog.to_regclass('{_HISTORY}') and a.attname in ('version', 'statements', 'name')
    having pg_catalog.count(*) = 3
  ) then
    create schema if not exists supabase_migrations;
{_INDENTED_TABLE}  end if;
  lock table {_HISTORY} in share row exclusive mode;
"""
_CLOSING = "  reset all;\nend\n"


def _guarded(entry: Entry) -> str:
    version, file = quote(entry.version), quote(plain(entry.file))
    return f"""
  -- {plain(entry.file)}
  if exists (select from {_HISTORY} as m where m.version = {version}) then
    raise notice 'passed over, the history has it: %', {file};
  else
    raise notice 'runs: %', {file};
    the_statements := {_array(entry)};
    reset all;
    foreach the_statement in array {_run(entry)} loop
      execute the_statement;
    end loop;
    insert into {_HISTORY} (version, name, statements)
    values ({version}, {quote(entry.name)}, the_statements);
  end if;
"""  # noqa: S608  # every value in it is a literal of quote()


def _array(entry: Entry) -> str:
    items = ",\n".join(quote(statement) for statement in entry.statements)
    return f"array[\n{items}\n]::pg_catalog.text[]" if items else "array[]::pg_catalog.text[]"


def _run(entry: Entry) -> str:
    """The statements that are run: all but a BEGIN and COMMIT around them. Arrays begin at 1."""
    if not entry.left_out:
        return "the_statements"
    bounds = (-1, *entry.left_out, len(entry.statements))
    ranges = [(start + 2, end) for start, end in pairwise(bounds) if start + 2 <= end]
    return " || ".join(f"the_statements[{first}:{last}]" for first, last in ranges) or "the_statements[1:0]"


def _sent(entry: Entry) -> str:
    """A file that psql sends statement by statement: in a transaction of its own, or in none."""
    version, plain_mode = quote(entry.version), entry.mode is Mode.PLAIN
    # BEGIN is one of the statements: the query that lists them must not be the transaction's first.
    begin, commit = ("array['begin'] || ", "  commit;\n") if plain_mode else ("", "")
    return f"""\
-- {plain(entry.file)}
do {enclose(_OPENING + "end", "supa_deploy")};
select not exists (select from {_HISTORY} where version = {version}) as supa_deploy_pending \\gset
\\if :supa_deploy_pending
  reset all;
  \\encoding UTF8
  select {_array(entry)} as supa_deploy_statements \\gset
  select s from pg_catalog.unnest({begin}:'supa_deploy_statements'::pg_catalog.text[])
    with ordinality as t (s, n) order by n \\gexec
  insert into {_HISTORY} (version, name, statements)
  values ({version}, {quote(entry.name)}, :'supa_deploy_statements'::pg_catalog.text[]);
{commit}  reset all;
\\else
  \\echo passed over, the history has it: {plain_word(entry.version)}
\\endif
\\encoding UTF8
"""  # noqa: S608  # every value in it is a literal of quote()


def plain_word(version: str) -> str:
    """A version: digits, as the files' names are."""
    return "".join(character for character in version if character.isdigit())
