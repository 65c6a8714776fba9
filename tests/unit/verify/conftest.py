"""A Data API that behaves as facts/postgrest.md says, over a made-up database, and files as SQL text."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.migrations import discover, fold, parse_all
from supa_deploy.model import Check, Verdict
from supa_deploy.postgrest import DataApi
from supa_deploy.schema import Schema
from supa_deploy.secret import Secret
from supa_deploy.verify import CatalogReading, Patience, RootSource, Verification, verify

Body = object
Reply = tuple[int, Body]


@dataclass
class World:
    """What the API shows. `tables` maps a table to its columns as the root words them; `live` says whether tables
    are looked up in the database (12.x) or in the schema cache (13 and later). `cached` None: the cache is fresh;
    otherwise only these tables are in it. `scripted` answers come first, by a part of the path."""

    live: bool = True
    exposed: tuple[str, ...] = ("public", "api2")
    tables: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    required: dict[str, list[str]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    functions: dict[str, dict[str, bool]] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    cached: set[str] | None = None
    root: Reply | None = None
    scripted: list[tuple[str, str, deque[Reply]]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    on_request: Callable[[], None] = field(default=lambda: None)

    def script(self, part: str, *replies: Reply, role: str = "") -> None:
        """Answers for requests whose path holds `part` (asked with a key that starts with `role`), the last one
        for ever."""
        self.scripted.append((part, role, deque(replies)))

    @staticmethod
    def error(code: str, message: str = "", details: object = None) -> dict[str, object]:
        """An error body of PostgREST's."""
        return {"code": code, "details": details, "hint": None, "message": message}

    def add(self, table: str, not_null: str = "", /, **columns: str) -> None:
        """A table: each column's format (` pk` behind it for a primary key, ` (20)` for a length), and the names
        of those that are NOT NULL."""
        self.tables[table] = {}
        self.required[table] = not_null.split()
        for column, words in columns.items():
            shown: dict[str, object] = {"format": words.removesuffix(" pk")}
            if words.endswith(" pk"):
                shown["description"] = "Note:\nThis is a Primary Key.<pk/>"
            if length := re.match(r"(.*) \((\d+)\)$", words):
                shown = {"format": length[1], "maxLength": int(length[2])}
            self.tables[table][column] = shown

    def asked(self, part: str) -> int:
        """How many requests held this in their path."""
        return sum(part in unquote(request.url.raw_path.decode()) for request in self.requests)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        self.requests.append(request)
        self.on_request()
        assert request.method == "GET"
        path = unquote(request.url.raw_path.decode())
        for part, role, replies in self.scripted:
            if part in path and request.headers["apikey"].startswith(role):
                status, body = replies.popleft() if len(replies) > 1 else replies[0]
                return _response(status, body)
        return _response(*self._answer(path, request.headers["accept-profile"]))

    def _answer(self, path: str, schema: str) -> Reply:
        if schema not in self.exposed:
            return 406, self.error("PGRST106", f"Invalid schema: {schema}")
        if path == "/":
            return self.root or (200, self._document())
        name, _, query = path[1:].partition("?")
        if name.startswith("rpc/"):
            return self._function(name.removeprefix("rpc/"), query)
        if not self.live and (name not in self.tables or not self._is_cached(name)):
            return 404, self.error(
                "PGRST205", f"Could not find the table 'public.{name}' in the schema cache"
            )
        if name not in self.tables:
            return 404, self.error("42P01", f'relation "public.{name}" does not exist')
        select = query.split("&")[0].removeprefix("select=")
        return self._embeds(name, select) if select.endswith("()") else self._columns(name, select)

    def _is_cached(self, name: str) -> bool:
        return self.cached is None or name in self.cached

    def _columns(self, name: str, select: str) -> Reply:
        for column in re.findall(r'"([^"]*)"', select):
            if column not in self.tables[name] and column != "xmin":
                return 400, self.error("42703", f"column {name}.{column} does not exist")
        if name in self.denied:
            return 403, self.error("42501", f"permission denied for table {name}")
        return 200, []

    def _embeds(self, name: str, select: str) -> Reply:
        for first, hint in re.findall(r'f\d+:"([^"]*)"(?:!"([^"]*)")?\(\)', select):
            target = self.keys.get((name, hint or first))
            if target is None or (hint and target != first):
                return 400, self.error("PGRST200", "Could not find a relationship in the schema cache")
        return 200, []

    def _function(self, name: str, query: str) -> Reply:
        given = {part.split("=")[0] for part in query.split("&")} - {"select"}
        shown = self.functions.get(name)
        if shown is None or not {each for each, needed in shown.items() if needed} <= given <= set(shown):
            return 404, self.error("PGRST202", f"Could not find the function public.{name}")
        return 400, self.error("42703", f"column {name}.zz does not exist")

    def _document(self) -> dict[str, object]:
        definitions = {
            name: {"required": self.required.get(name, []), "properties": columns}
            for name, columns in self.tables.items()
            if self._is_cached(name) and name not in self.unlisted
        }
        paths = {
            f"/rpc/{name}": {
                "post": {
                    "parameters": [
                        {
                            "in": "body",
                            "schema": {
                                "properties": {each: {} for each in arguments},
                                "required": [each for each, needed in arguments.items() if needed],
                            },
                        }
                    ]
                }
            }
            for name, arguments in self.functions.items()
            if name not in self.unlisted
        }
        return {"swagger": "2.0", "info": {"version": "12.0.2"}, "definitions": definitions, "paths": paths}


def _response(status: int, body: Body) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, stream=httpx.ByteStream(content))


@dataclass
class Looked:
    """A verification, and its checks by what they are about (`table.column`, `table/key`, `function()`)."""

    verification: Verification
    by_name: dict[str, Check]

    def __getitem__(self, name: str) -> Check:
        return self.by_name[name]

    def verdict(self, name: str) -> Verdict:
        """The verdict on one object."""
        return self.by_name[name].verdict

    def detail(self, name: str) -> str:
        """The words on one object."""
        return self.by_name[name].detail or ""


Look = Callable[..., Looked]


def _name(check: Check) -> str:
    if check.column:
        return f"{check.table}.{check.column}"
    if check.object == "function":
        return f"{check.name}()"
    return f"{check.table}/{check.object.value}/{check.name}" if check.table else check.name


@pytest.fixture
def promised(tmp_path: Path) -> Callable[..., Schema]:
    """Folds SQL texts, one file each (versions 1, 2, …), into what they promise."""

    def fold_texts(*texts: str) -> Schema:
        folder = tmp_path / "supabase" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts, 1):
            (folder / f"2025010100000{number}_m.sql").write_text(text)
        parsed = parse_all(discover(tmp_path).migrations)
        assert not parsed.findings
        return fold(parsed.scripts)

    return fold_texts


@pytest.fixture
def interrupt() -> Interrupt:
    """The signals of the run under test."""
    return Interrupt()


@pytest.fixture
def look(promised: Callable[..., Schema], interrupt: Interrupt) -> Iterator[Look]:
    """Verifies SQL texts against a world. Impatient unless told otherwise: nothing is looked at twice."""
    clients: list[Http] = []

    def verify_texts(
        world: World,
        *texts: str,
        versions: tuple[str, ...] | None = None,
        patience: Patience = Patience(0, 0),  # noqa: B008  # frozen
        visitor: bool = False,
        has_key: bool = True,
        roots: RootSource | None = None,
        catalog: Callable[[], CatalogReading] | None = None,
    ) -> Looked:
        deadline = Deadline.after(60)
        http = Http(deadline, interrupt, transport=httpx.MockTransport(world))
        clients.append(http)
        verification = verify(
            promised(*texts),
            versions,
            DataApi("http://api.test", Secret("sb_secret_key"), http) if has_key else None,
            http=http,
            deadline=deadline,
            interrupt=interrupt,
            visitor=DataApi("http://api.test", Secret("sb_publishable_key"), http) if visitor else None,
            roots=roots,
            patience=patience,
            catalog=catalog,
        )
        return Looked(verification, {_name(check): check for check in verification.checks})

    yield verify_texts
    for client in clients:
        client.close()


@pytest.fixture
def world() -> World:
    """An empty database behind PostgREST 12.0.2."""
    return World()


@pytest.fixture(params=[True, False], ids=["12.0.2", "13+"])
def any_world(request: pytest.FixtureRequest) -> World:
    """An empty database behind either generation."""
    return World(live=request.param)
