"""The README's figures of the second witness: drift and the catalog, against the bare CLI's own diff and query.

`make bench` runs it after `figures.py`, which says how pairs are measured.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.figures import PAIRS, ROOT, Bench, Figure

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.platform.hosts import choose_reach
from supa_deploy.platform.parts import Parts, find_parts
from supa_deploy.platform.throwaway import Platform
from supa_deploy.shadow import OwnServer, Shadow, ShadowDatabase, find_server
from supa_deploy.shadow.binaries import cache_home

TABLES = 300
WIDE_TABLES, COLUMNS = 1000, 20
DIFF = [sys.executable, "-m", "supa_deploy", "diff"]

# What verification does with the catalog: one query through the CLI, read into values.
WITNESS = """
import os
from supa_deploy.catalog import catalog_query, read_catalog
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.settings import Flags, environment, load
from supa_deploy.supabase import Supabase
with Supabase.open(load(Flags(), environment()), Deadline.after(120), Interrupt()) as supabase:
    found = read_catalog(supabase.begin_query(catalog_query(["public"]), exact=True).result())
    assert len(found.entries) > 20_000
"""
# A command of ours, with the most memory that its own process held at the end.
PEAK = """
import atexit, re, sys
atexit.register(lambda: sys.stderr.write(re.search(r"VmHWM:.*", open("/proc/self/status").read()).group() + "\\n"))
from supa_deploy.__main__ import main
main()
"""


def many_tables(count: int, columns: int) -> str:
    """SQL that makes so many tables, each with a key, an index, row-level security and a policy."""
    body = ", ".join(f"c{number} text" for number in range(columns - 1))
    return "\n".join(
        f"create table public.t{n} (id bigint primary key, {body});\n"
        f"create index t{n}_c0 on public.t{n} (c0);\n"
        f"alter table public.t{n} enable row level security;\n"
        f"create policy p on public.t{n} for select using (true);"
        for n in range(count)
    )


@contextmanager
def twin(parts: Parts) -> Iterator[ShadowDatabase]:
    """A scratch database for the bare CLI to compare with."""
    found = find_server(os.environ, ROOT, None)
    if not isinstance(found, OwnServer):
        raise SystemExit(f"No scratch server of our own to be had here ({parts.postgres.folder}).")
    deadline, interrupt = Deadline.after(3600), Interrupt()
    with Shadow.open(found, os.environ, deadline=deadline, interrupt=interrupt) as shadow:
        yield shadow.fresh("twin")


def compared(bench: Bench, name: str, other: ShadowDatabase) -> Figure:
    """`supa-deploy diff` (scratch server, replay, catalogs, diff) against one bare diff of two URLs."""
    push = [bench.supabase, "db", "push", "--yes"]
    bench.seconds([[*push, f"--remote={bench.platform.ref}"], [*push, f"--remote={other.url.url}"]])
    bare = [bench.supabase, "db", "diff", "--from", other.url.url, "--to", bench.platform.database_url]
    return bench.compare(name, [DIFF], [[*bare, "--schema", "public"]], goal=3.0)


def peak(bench: Bench, *command: str) -> float:
    """The most memory that our own process held (MB)."""
    ran = subprocess.run(
        [sys.executable, "-c", PEAK, *command],
        cwd=bench.project,
        env=dict(bench.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"VmHWM:\s+(\d+) kB", ran.stderr)
    return int(found.group(1)) / 1024 if found else 0.0


def figures(bench: Bench, parts: Parts) -> Iterator[str]:
    """All rows, as they are measured."""
    with twin(parts) as other:
        yield compared(bench, "diff of the example, against one bare URL-to-URL diff", other).line()
    yield f"{'peak memory of that diff':<58} {peak(bench, 'diff'):6.0f} MB"
    bench.fresh()
    migrations = bench.project / "supabase" / "migrations"
    shutil.rmtree(migrations)
    migrations.mkdir()
    (migrations / "20250101000000_many.sql").write_text(many_tables(TABLES, 8), "utf-8")
    with twin(parts) as other:
        yield compared(bench, f"diff of {TABLES} tables, against one bare URL-to-URL diff", other).line()
    yield f"{'peak memory of that diff':<58} {peak(bench, 'diff'):6.0f} MB"
    bench.fresh()
    bench.platform.sql(f"set role postgres; {many_tables(WIDE_TABLES, COLUMNS)}")
    bare = [bench.supabase, "db", "query", "select 1", f"--remote={bench.platform.ref}", "--read-only"]
    witness = bench.compare(
        f"catalog of {WIDE_TABLES} tables × {COLUMNS} columns, against bare `select 1`",
        [[sys.executable, "-c", WITNESS]],
        [bare],
        goal=None,
    )
    beyond = (witness.ours - 1.0) / witness.theirs
    yield f"{witness.line()}(less 1 s: {beyond:.2f}, goal ≤ 1.5)"


def main() -> None:
    """Prints the figures and the machine."""
    reach = choose_reach()
    if not reach.linked:
        raise SystemExit(f"The figures are those of a linked project, which cannot be had here: {reach.why}")
    parts = find_parts(os.environ)
    if parts.supabase is None:
        raise SystemExit("The Supabase CLI is not there: run `make parts` first.")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        throwaway = stack.enter_context(Platform.start(parts, os.environ, linked=True))
        shutil.copytree(ROOT / "supabase", folder / "supabase")
        (folder / "home").mkdir()
        environ = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(folder / "home"),
            "XDG_CACHE_HOME": str(cache_home(os.environ).parent),
            "PYTHONPATH": str(ROOT / "src"),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "PGPASSWORD": throwaway.credentials.database_password,
            **throwaway.environ(),
            "SUPA_DEPLOY_SUPABASE_BIN": str(parts.supabase),
        }
        bench = Bench(folder, environ, throwaway, str(parts.supabase))
        print(
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        print(f"medians of {PAIRS} pairs, after one to warm up\n")
        print(f"{'':<58} {'ours':>8}  {'theirs':>8}  ratio")
        for line in figures(bench, parts):
            print(line, flush=True)


if __name__ == "__main__":
    main()
