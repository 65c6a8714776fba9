"""Which Supabase CLI the job runs, and whether Node.js has to be set up for it.

In: IN_COMMAND, IN_WORKDIR, IN_CLI_VERSION, IN_NODE_VERSION. Out, as outputs of the step: `version` (what npm has to
install; empty: nothing), `scripts` (`true` when that version fetches its binary in a postinstall script) and
`setup-node`. Order: the input, SUPA_DEPLOY_SUPABASE_BIN, the project's own in node_modules, the version in the
project's lock file, the version that supa-deploy is tested with.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from supa_deploy.platform.pins import pins
from supa_deploy.render.annotations import command
from supa_deploy.render.guard import harmless

_VERSION = r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?"
_NODE = 20  # the major that the CLI's npm packages ask for at least
_BINARY_IN_PACKAGE = (2, 99)  # before, a postinstall script fetched the binary from GitHub's releases
_WITHOUT_CLI = ("check",)
_LOCKS = {
    "pnpm-lock.yaml": re.compile(rf"^\s*'?/?supabase[@/]({_VERSION})[^:\s]*'?:", re.MULTILINE),
    "yarn.lock": re.compile(rf'^"?supabase@[^\n]*:\n\s+version:?\s+"?({_VERSION})', re.MULTILINE),
    "bun.lock": re.compile(rf'^\s*"supabase":\s*\[\s*"supabase@({_VERSION})"', re.MULTILINE),
}


def main(environ: Mapping[str, str]) -> int:
    """Chooses, says what was chosen and why, and writes the outputs; 2 for an input that is no version."""
    wished = environ.get("IN_CLI_VERSION", "").strip()
    if wished and not re.fullmatch(_VERSION, wished):
        message = f"The input cli-version is not a version such as {pins().supabase}. Nothing was touched."
        sys.stdout.write(command("error", message, {"title": "supa-deploy"}))
        return 2
    version, why = choose(environ, wished)
    sys.stdout.write(harmless(f"Supabase CLI: {version} {why}\n" if version else f"Supabase CLI: {why}\n"))
    needed = bool(version) or environ.get("IN_COMMAND") == "rehearse"
    given = bool(environ.get("IN_NODE_VERSION", "").strip())
    values = {
        "version": version,
        "scripts": "true" if version and _number(version) < _BINARY_IN_PACKAGE else "false",
        "setup-node": "true" if needed and (given or not has_node()) else "false",
    }
    with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.writelines(f"{name}={value}\n" for name, value in values.items())
    return 0


def choose(environ: Mapping[str, str], wished: str) -> tuple[str, str]:
    """The version to install (empty: none) and why."""
    if environ.get("IN_COMMAND") in _WITHOUT_CLI:
        return "", "this command needs none"
    if wished:
        return wished, "as the input says"
    if environ.get("SUPA_DEPLOY_SUPABASE_BIN"):
        return "", "as SUPA_DEPLOY_SUPABASE_BIN says"
    workspace = Path(environ.get("GITHUB_WORKSPACE") or ".").resolve()
    for folder in upward(workspace / environ.get("IN_WORKDIR", ""), workspace):
        if os.access(folder / "node_modules" / ".bin" / "supabase", os.X_OK):
            return "", "the project's own, in node_modules"
        for name in ("package-lock.json", *_LOCKS):
            locked = locked_version(folder / name)
            if locked is not None:
                return locked, f"from {name}"
    return pins().supabase, "as supa-deploy is tested with"


def upward(start: Path, top: Path) -> Iterator[Path]:
    """The folders from `start` up to `top`; `start` alone where it is not below."""
    start = start.resolve()
    yield start
    while start != top and top in start.parents:
        start = start.parent
        yield start


def locked_version(lock: Path) -> str | None:
    """The version of `supabase` in a lock file of npm, pnpm, yarn or bun; None where there is none."""
    try:
        text = lock.read_text("utf-8", "replace")
    except OSError:
        return None
    if lock.name == "package-lock.json":
        return _npm_version(text)
    found = _LOCKS[lock.name].search(text.replace("\r\n", "\n"))
    return found[1] if found else None


def _npm_version(text: str) -> str | None:
    try:
        lock = json.loads(text)
    except ValueError:
        return None
    for part, key in (("packages", "node_modules/supabase"), ("dependencies", "supabase")):
        entries = lock.get(part) if isinstance(lock, dict) else None
        entry = entries.get(key) if isinstance(entries, dict) else None
        version = entry.get("version") if isinstance(entry, dict) else None
        if isinstance(version, str) and re.fullmatch(_VERSION, version):
            return version
    return None


def has_node() -> bool:
    """True when this machine has an npm and a Node.js that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30)
    said = re.match(r"v([0-9]+)\.", asked.stdout)
    return bool(said and int(said[1]) >= _NODE)


def _number(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


if __name__ == "__main__":
    sys.exit(main(os.environ))
