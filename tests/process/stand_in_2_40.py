"""A stand-in for Supabase CLI 2.40.7, which cannot be had here: it proves our side only.

Written from what the source of tag v2.40.7 says (facts/supabase-cli.md, section 8): texts on stderr, the password
asked for on the terminal and waited for without end, `[Y/n]` confirmations, tables instead of JSON. It keeps a
project's state in the folder STAND_IN names: `password`, `history` (a version a line). It refuses arguments that
2.40 did not have.
"""

import os
import sys
import termios
from pathlib import Path

VERSION = "2.40.7"
FLAGS_WITH_VALUE = {"--project-ref", "--workdir", "--db-url", "-o"}
FLAGS = {"--linked", "--yes", "--dry-run", "--include-all", "--include-roles", "--include-seed"}


def say(text: str, end: str = "\n") -> None:
    """Progress, questions and errors."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


def tell(text: str) -> None:
    """The result."""
    sys.stdout.write(text + "\n")


def fail(text: str) -> None:
    """Ends as every failure of that generation does."""
    say(text)
    say("Try rerunning the command with --debug to troubleshoot the error.")
    raise SystemExit(1)


def ask_secret(question: str) -> str:
    """A masked read from the terminal, waiting for as long as it takes."""
    say(question, end="")
    before = termios.tcgetattr(0)
    quiet = termios.tcgetattr(0)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(0, termios.TCSADRAIN, quiet)
    try:
        answer = sys.stdin.readline().rstrip("\n")
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
    say("")
    return answer


def connect(state: Path) -> None:
    """Opens the database: with the variable, else by asking."""
    password = os.environ.get("SUPABASE_DB_PASSWORD") or os.environ.get("PGPASSWORD")
    if not password:
        say("Initialising login role...")
        say("Forgot your password? Reset it from the Dashboard: https://supabase.com/dashboard/project/_")
        password = ask_secret("Enter your database password: ")
    if password != (state / "password").read_text(encoding="utf-8"):
        fail(
            "failed to connect to postgres: failed to connect to `host=db user=postgres database=postgres`: "
            'failed SASL auth (FATAL: password authentication failed for user "postgres" (SQLSTATE 28P01))'
        )


def flags_of(words: list[str]) -> dict[str, str]:
    """The flags, each with its value; what 2.40 does not know ends it."""
    found: dict[str, str] = {}
    while words:
        word = words.pop(0)
        if word in FLAGS_WITH_VALUE:
            found[word] = words.pop(0)
        elif word in FLAGS:
            found[word] = ""
        else:
            fail(f"unknown flag: {word}")
    return found


def migration_list(history: Path, local: list[str]) -> None:
    """glamour's Ascii style."""
    remote = history.read_text(encoding="utf-8").split()
    tell("\n  \n   Local          | Remote         | Time (UTC)          ")
    tell("  ----------------|----------------|---------------------")
    for version in sorted({*remote, *local}):
        cells = [version if version in side else " " * 14 for side in (local, remote)]
        tell(f"   {cells[0]} | {cells[1]} | 2025-01-01 00:00:00 ")
    tell("")


def push(history: Path, files: list[Path], flags: dict[str, str]) -> None:
    """Applies what is not in the history, after `[Y/n]` unless told `--yes`."""
    done = history.read_text(encoding="utf-8").split()
    pending = [file for file in files if file.name.split("_")[0] not in done]
    if not pending:
        tell("Remote database is up to date.")
        return
    dry_run = "--dry-run" in flags
    say(
        "DRY RUN: migrations will *not* be pushed to the database."
        if dry_run
        else "Connecting to remote database..."
    )
    say(
        "Would push these migrations:"
        if dry_run
        else "Do you want to push these migrations to the remote database?"
    )
    for file in pending:
        say(f" • {file.name}")
    if not dry_run:
        say("\n [Y/n] ", end="")
        answer = "y" if "--yes" in flags else sys.stdin.readline().strip()
        say(answer if "--yes" in flags else "")
        if answer.lower() not in {"", "y"}:
            fail("context canceled")
        for file in pending:
            say(f"Applying migration {file.name}...")
            if "broken" in file.read_text(encoding="utf-8"):
                fail("ERROR: syntax error (SQLSTATE 42601)     \nAt statement: 0   \nbroken    \n^      ")
            with history.open("a", encoding="utf-8") as versions:
                versions.write(file.name.split("_")[0] + "\n")
    tell("Finished supabase db push.")


def main() -> None:
    """One call."""
    words = sys.argv[1:]
    if words == ["--version"]:
        tell(VERSION)
        return
    verb = [words.pop(0)] if words[0] == "link" else [words.pop(0), words.pop(0)]
    flags = flags_of(words)
    state = Path(os.environ["STAND_IN"])
    folder = Path(flags["--workdir"]) / "supabase"
    files = sorted((folder / "migrations").glob("*.sql"))
    match verb:
        case ["link"]:
            connect(state)
            (folder / ".temp").mkdir(exist_ok=True)
            (folder / ".temp" / "project-ref").write_text(flags["--project-ref"], encoding="utf-8")
            tell("Finished supabase link.")
        case ["migration", "list"]:
            connect(state)
            migration_list(state / "history", [file.name.split("_")[0] for file in files])
        case ["db", "push"]:
            connect(state)
            push(state / "history", files, flags)
        case ["projects", "api-keys"] if flags.get("-o") == "json":
            jwt = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoibWFkZSB1cCJ9.bWFkZS11cA"
            tell(
                f'[{{"name":"anon","api_key":"{jwt}-anon"}},{{"name":"service_role","api_key":"{jwt}-service"}}]'
            )
        case _:
            fail(f"unknown command {' '.join(verb)}")


main()
