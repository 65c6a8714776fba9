"""The README's figures: ratios from one run on the throwaway platform, this tool against the bare CLI.

`make bench` runs it inside the private namespaces. Every pair is measured in turn (A B A B …), so that a machine
whose speed drifts does not favour either; the median of each is told, and the median of the ratios pair by pair.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.platform.hosts import choose_reach
from supa_deploy.platform.parts import find_parts
from supa_deploy.platform.throwaway import Platform
from supa_deploy.shadow.binaries import cache_home

ROOT = Path(__file__).parents[1]
PAIRS = 5
HISTORY_READ = "/v1/projects/[^/]+/database/migrations"

Commands = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """One comparison: medians in seconds, the ratio's median, and what it should be at most (None: told only)."""

    name: str
    ours: float
    theirs: float
    ratio: float
    goal: float | None

    def line(self) -> str:
        """The figure as a row."""
        goal = f"goal ≤ {self.goal}" if self.goal is not None else ""
        return f"{self.name:<58} {self.ours:6.2f} s  {self.theirs:6.2f} s  {self.ratio:5.2f}  {goal}"


@dataclass(frozen=True)
class Bench:
    """Where the commands run."""

    project: Path
    environ: Mapping[str, str]
    platform: Platform
    supabase: str

    def compare(
        self,
        name: str,
        ours: Commands,
        theirs: Commands,
        *,
        goal: float | None,
        before: Callable[[], None] = lambda: None,
    ) -> Figure:
        """Measures the two in turn; the first pair warms up and is not counted."""
        pairs = []
        for number in range(PAIRS + 1):
            before()
            mine = self.seconds(ours)
            before()
            other = self.seconds(theirs)
            if number:
                pairs.append((mine, other))
        return Figure(
            name,
            statistics.median(mine for mine, _ in pairs),
            statistics.median(other for _, other in pairs),
            statistics.median(mine / other for mine, other in pairs),
            goal,
        )

    def fresh(self) -> None:
        """A database without any of the files, and a folder that is not linked."""
        self.platform.reset()
        shutil.rmtree(self.project / "supabase" / ".temp", ignore_errors=True)

    def seconds(self, commands: Commands) -> float:
        """How long the commands take, one after another. Ends the benchmark when one fails."""
        started = time.perf_counter()
        for command in commands:
            ran = subprocess.run(
                command, cwd=self.project, env=dict(self.environ), capture_output=True, check=False
            )
            if ran.returncode:
                raise SystemExit(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stderr.decode()}")
        return time.perf_counter() - started


def figures(bench: Bench) -> list[Figure]:
    """All comparisons, in the README's order."""
    deploy = [[sys.executable, "-m", "supa_deploy", "deploy", "--yes", "--no-diff"]]
    with_diff = [[sys.executable, "-m", "supa_deploy", "deploy", "--yes"]]
    version = [[sys.executable, "-m", "supa_deploy", "--version"]]
    listed = [[bench.supabase, "migration", "list", f"--remote={bench.platform.ref}"]]
    pushed = [
        [bench.supabase, "link", "--project-ref", bench.platform.ref],
        [bench.supabase, "db", "push", f"--remote={bench.platform.ref}", "--yes"],
    ]
    made = [
        bench.compare("--version, against bare Python", version, [[sys.executable, "-c", "pass"]], goal=None),
        bench.compare(
            "--version, against `supabase --version`", version, [[bench.supabase, "--version"]], goal=0.25
        ),
        bench.compare(
            "deploy of five files, verified, against bare link && push",
            deploy,
            pushed,
            goal=1.2,
            before=bench.fresh,
        ),
        bench.compare(
            "the same with the diff on a scratch server", with_diff, pushed, goal=None, before=bench.fresh
        ),
    ]
    bench.fresh()
    bench.seconds(deploy)  # brings the five files in, once
    made.append(
        bench.compare("deploy with nothing pending, verified, against one list", deploy, listed, goal=1.6)
    )
    made.append(bench.compare("the same with the diff on a scratch server", with_diff, listed, goal=None))
    bench.platform.faults.answer(HISTORY_READ, 404, "{}")
    made.append(
        bench.compare("the same, the Management API's history read switched off", deploy, listed, goal=None)
    )
    return made


def main() -> None:
    """Prints the figures and the machine."""
    reach = choose_reach()
    if not reach.linked:
        raise SystemExit(f"The figures are those of a linked project, which cannot be had here: {reach.why}")
    parts = find_parts(os.environ)
    if parts.supabase is None:
        raise SystemExit("The Supabase CLI is not there: run `make parts` first.")
    with (
        tempfile.TemporaryDirectory() as folder,
        Platform.start(parts, os.environ, linked=True) as throwaway,
    ):
        shutil.copytree(ROOT / "supabase", Path(folder) / "supabase")
        (Path(folder) / "home").mkdir()
        environ = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(Path(folder) / "home"),
            "XDG_CACHE_HOME": str(cache_home(os.environ).parent),
            "PYTHONPATH": str(ROOT / "src"),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            **throwaway.environ(),
            "SUPA_DEPLOY_SUPABASE_BIN": str(parts.supabase),
        }
        print(
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        print(f"medians of {PAIRS} pairs, after one to warm up\n")
        print(f"{'':<58} {'ours':>8}  {'theirs':>8}  ratio")
        for figure in figures(Bench(Path(folder), environ, throwaway, str(parts.supabase))):
            print(figure.line())


if __name__ == "__main__":
    main()
