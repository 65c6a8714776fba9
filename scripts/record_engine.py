"""Records what the real diff engine prints, drift by drift, into tests/transcripts/<version>/engine/drift.json.

    python scripts/record_engine.py [--only PATTERN] BINARY…

A scratch PostgreSQL holds two copies of one schema; one of them drifts; `supabase db diff` compares them both ways:
`there` is what a diff shows (from the files to the database), `back` what a rollback runs. No secret is involved.
What our own comparison of the two catalogs says stands in tests/transcripts/catalog/drift.json.
"""  # noqa: INP001  # a script, not a package

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.catalog import Catalog, Differences, catalog_query, differences, read_catalog_text
from supa_deploy.platform.parts import find_parts
from supa_deploy.shadow.binaries import cache_home
from supa_deploy.shadow.postgres import Postgres
from supa_deploy.shadow.sql import Socket, connected
from supa_deploy.shadow.template import copy_template

_FOLDER = Path(__file__).parents[1] / "tests" / "transcripts"
_SCHEMAS = "public,auth,storage,other"
_PORT = 54998

_SECTION = re.compile(r"^--- (?P<name>[a-z-]+)(?P<superuser> \(superuser\))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that somebody does to a database outside the files."""

    name: str
    script: str
    role: str


def read_cases() -> tuple[Drift, ...]:
    """The sections of engine_drift.sql, `files` first."""
    text = (Path(__file__).parent / "engine_drift.sql").read_text("utf-8")
    found = list(_SECTION.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return tuple(
        Drift(
            match["name"],
            text[match.end() : end].strip(),
            "supabase_admin" if match["superuser"] else "postgres",
        )
        for match, end in zip(found, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Server:
    postgres: Postgres

    def run(self, database: str, script: str, user: str = "postgres") -> None:
        where = Socket(self.postgres.folder, self.postgres.port, user)
        with connected(where, database) as connection:
            connection.run(script)

    def catalog(self, database: str) -> Catalog:
        where = Socket(self.postgres.folder, self.postgres.port, "postgres")
        with connected(where, database) as connection:
            rows = connection.run(catalog_query(_SCHEMAS.split(",")))
        return read_catalog_text(str(rows[0][0]))

    def url(self, database: str) -> str:
        return f"postgresql://postgres@localhost:{self.postgres.port}/{database}?host={self.postgres.folder}"

    def fresh(self, database: str, template: str) -> None:
        self.run("template1", f"drop database if exists {database}", "supabase_admin")
        self.run(
            "template1", f"create database {database} owner postgres template {template}", "supabase_admin"
        )


def main() -> int:
    """Records the chosen drifts with each binary."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="record only drifts whose name matches this expression")
    parser.add_argument("binaries", nargs="*", type=Path)
    asked = parser.parse_args()
    binaries = find_parts(os.environ).postgres
    with tempfile.TemporaryDirectory(prefix="sd-rec-") as folder:
        copy_template(binaries, cache_home(os.environ), Path(folder))
        postgres = Postgres(binaries, Path(folder), (), _PORT)
        postgres.start()
        try:
            server = _Server(postgres)
            server.fresh("files", "postgres")
            server.run(
                "files", "create role visitor_base nologin; grant visitor_base to postgres", "supabase_admin"
            )
            server.run("files", "grant usage, create on schema public to visitor_base", "supabase_admin")
            server.run("files", "grant trigger on auth.users to postgres", "supabase_admin")
            files, *drifts = read_cases()
            server.run("files", files.script)
            chosen = [case for case in drifts if re.search(asked.only, case.name)]
            _record_catalog(server, chosen)
            for program in asked.binaries:
                _record(server, program.resolve(), chosen, Path(folder))
        finally:
            postgres.stop()
    return 0


def _record_catalog(server: _Server, drifts: Sequence[Drift]) -> None:
    file = _FOLDER / "catalog" / "drift.json"
    recorded = json.loads(file.read_text("utf-8")) if file.exists() else {}
    files = server.catalog("files")
    for drift in drifts:
        server.fresh("drifted", "files")
        server.run("drifted", drift.script, drift.role)
        drifted = server.catalog("drifted")
        recorded[drift.name] = {
            "there": _as_json(differences(files, drifted)),
            "back": _as_json(differences(drifted, files)),
        }
    _write(file, recorded)


def _as_json(found: Differences) -> Mapping[str, object]:
    told = [[c.change, c.object, c.schema, c.name, c.table, c.detail] for c in found.changes]
    return {"changes": told, "left_out": found.left_out}


def _write(file: Path, recorded: Mapping[str, object]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    ordered = {case.name: recorded[case.name] for case in read_cases() if case.name in recorded}
    file.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _record(server: _Server, program: Path, drifts: Sequence[Drift], folder: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CI": "true",
        "SUPABASE_TELEMETRY_DISABLED": "1",
    }
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, env=environ)
    version = said.stdout.split()[-1].removeprefix("v")
    file = _FOLDER / version / "engine" / "drift.json"
    recorded = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for drift in drifts:
        server.fresh("drifted", "files")
        server.run("drifted", drift.script, drift.role)
        there, back = (
            _diff(program, environ, server.url(one), server.url(other))
            for one, other in (("files", "drifted"), ("drifted", "files"))
        )
        recorded[drift.name] = {"made": drift.script, "there": there.splitlines(), "back": back.splitlines()}
        sys.stderr.write(f"{version} {drift.name}: {len(there)} and {len(back)} characters\n")
        _write(file, recorded)


def _diff(program: Path, environ: Mapping[str, str], one: str, other: str) -> str:
    with tempfile.TemporaryDirectory(prefix="sd-dir-") as workdir:
        (Path(workdir) / "supabase").mkdir()
        arguments = ["--from", one, "--to", other, "--schema", _SCHEMAS]
        done = subprocess.run(
            [program, "db", "diff", *arguments, "--output-format", "json", "--agent", "no", "--workdir", workdir],
            capture_output=True, text=True, check=False, env=dict(environ), stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        answer = json.loads(done.stdout)
        return str(answer["diff"]) if done.returncode == 0 else f"-- failed: {answer['error']['message']}"


if __name__ == "__main__":
    sys.exit(main())
