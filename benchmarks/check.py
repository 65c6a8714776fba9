"""The README's figures of `check`: 10,000 files, against the bare parser plus one squawk run over the same files.

`make bench` runs it last. Nothing but files is needed, so it also runs by itself: `python -m benchmarks.check`.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from supa_deploy.rules.squawk.locate import locate

ROOT = Path(__file__).parents[1]
FILES = 10_000
RUNS = 3
_CHUNK = 500  # files of one squawk process: a command line has its limits

BARE = """
import sys
from pathlib import Path
from pgparse import parse
for file in sorted(Path(sys.argv[1]).iterdir()):
    parse(file.read_text("utf-8"))
"""
CHECK = """
import atexit, re, sys
atexit.register(lambda: sys.stderr.write(re.search(r"VmHWM:.*", open("/proc/self/status").read()).group() + "\\n"))
from supa_deploy.__main__ import main
main()
"""

_TABLE = """create table if not exists public.t{n} (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null references auth.users (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  state varchar(20) not null default 'new',
  amount numeric(12, 2),
  created_at timestamptz not null default now()
);
create index if not exists t{n}_owner on public.t{n} (owner);
alter table public.t{n} enable row level security;
drop policy if exists "own rows" on public.t{n};
create policy "own rows" on public.t{n} for all to authenticated
  using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);
grant select, insert, update, delete on public.t{n} to authenticated;
grant all on public.t{n} to service_role;
"""
_COLUMNS = """alter table public.t{n} add column if not exists note text;
alter table public.t{n} add column archived boolean not null default false;
create index on public.t{n} (archived);
comment on column public.t{n}.note is 'What the owner wrote.';
"""
_FUNCTION = """create or replace function public.touch_{n}() returns trigger language plpgsql as $$
begin
  new.created_at := now();
  if new.state is null then
    new.state := 'new';
  end if;
  return new;
end;
$$;
create or replace trigger touch before insert on public.t{n} for each row execute function public.touch_{n}();
"""
_ROWS = """insert into public.t{n} (owner, title) select id, 'first' from auth.users on conflict do nothing;
update public.t{n} set state = 'open' where state = 'new';
create or replace view public.open_{n} with (security_invoker = true) as
  select id, title from public.t{n} where state = 'open';
"""
_CHANGES = """alter table public.t{n} alter column title set default 'untitled';
alter table public.t{n} drop column if exists amount;
alter table public.t{n} add constraint t{n}_state check (state in ('new', 'open', 'closed')) not valid;
"""
_STORY = (_TABLE, _COLUMNS, _FUNCTION, _ROWS, _CHANGES)


def write_project(folder: Path) -> Path:
    """A project of many files: tables, and what becomes of each. Gives its migrations folder."""
    migrations = folder / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    for number in range(FILES):
        text = _STORY[number % len(_STORY)].format(n=number // len(_STORY))
        (migrations / f"{20200101000000 + number}_f.sql").write_text(text, "utf-8")
    return migrations


def seconds(*commands: list[str], cwd: Path, environ: dict[str, str]) -> float:
    """How long these take one after another; what they say and how they exit is their own affair."""
    begun = time.monotonic()
    for command in commands:
        subprocess.run(command, cwd=cwd, env=environ, capture_output=True, check=False)
    return time.monotonic() - begun


def checked(folder: Path, environ: dict[str, str]) -> tuple[float, float]:
    """One `supa-deploy check`: seconds, and the most memory that its process held (MB)."""
    begun = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", CHECK, "check"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.monotonic() - begun
    found = re.search(r"VmHWM:\s+(\d+) kB", ran.stderr)
    if ran.returncode not in {0, 12} or found is None:
        raise SystemExit(f"check ended with {ran.returncode}: {ran.stderr[-500:]}")
    return took, int(found[1]) / 1024


def main() -> None:
    """Prints the figures and the machine: the best of each, because nothing makes a run faster than it is."""
    squawk = locate(os.environ.get("PATH")).program
    if squawk is None:
        raise SystemExit("squawk is not installed: it comes with the package's dependencies.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        migrations = write_project(folder)
        files = [file.name for file in sorted(migrations.iterdir())]
        environ = {"PATH": os.environ["PATH"], "HOME": name, "PYTHONPATH": str(ROOT / "src")}
        parse = [sys.executable, "-c", BARE, str(migrations)]
        lint = [[str(squawk), "--reporter", "json", *files[n : n + _CHUNK]] for n in range(0, FILES, _CHUNK)]
        bare: list[float] = []
        first: list[float] = []
        again: list[float] = []
        memory: list[float] = []
        for _ in range(RUNS):
            shutil.rmtree(folder / ".cache", ignore_errors=True)
            bare.append(
                seconds(parse, cwd=folder, environ=environ) + seconds(*lint, cwd=migrations, environ=environ)
            )
            for times in (first, again):
                took, held = checked(folder, environ)
                times.append(took)
                memory.append(held)
        size = sum(file.stat().st_size for file in migrations.iterdir()) / 1e6
    best, fresh, cached = min(bare), min(first), min(again)
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    print(f"{FILES:,} files, {size:.1f} MB; the best of {RUNS}\n")
    print(f"bare parser and one squawk run        {best:6.2f} s")
    print(f"check, nothing cached                 {fresh:6.2f} s  {fresh / best:.2f} (goal ≤ 2.0)")
    print(
        f"check again, nothing changed          {cached:6.2f} s  {cached / fresh:.2f} of the first (goal ≤ 0.2)"
    )
    print(f"peak memory of the check              {max(memory):6.0f} MB (goal < 150)")


if __name__ == "__main__":
    main()
