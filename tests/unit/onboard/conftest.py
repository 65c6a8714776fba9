"""A desk to onboard at: a scripted person, a Management API on a socket, and a stand-in for the CLI.

The CLI's stand-in is a shell script with the answers of 3.1.0 to the two calls that onboarding makes before it
deploys; it takes the password for right by its text. tests/e2e/test_onboard.py does the same with the real CLI.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.journal import Journal
from supa_deploy.onboard import OnboardOptions, onboard
from supa_deploy.run import Run
from supa_deploy.secret import Secret
from supa_deploy.settings import Flags, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from supa_deploy.model import PendingMigration, Report

REF = "abcdefghijklmnopqrst"
OTHER = "zyxwvutsrqponmlkjihg"
TOKEN = "sbp_" + "1" * 40
PASSWORD = 'it\'s $5 & "more"'
KEY = "sb_secret_" + "k" * 24
PUBLISHABLE = "sb_publishable_" + "p" * 24

_CLI = """#!/bin/sh
case "$*" in
  --version*) echo {version} ;;
  "migration list"*)
    if [ "$SUPABASE_DB_PASSWORD" = "$(cat {folder}/password)" ] || [ -z "$SUPABASE_DB_PASSWORD" ]; then
      echo '{{"migrations":[],"message":"Migrations listed"}}'
    else
      echo '{{"_tag":"Error","error":{{"code":"DbConnectError","message":"failed to connect: server error (FATAL:'\\
        'password authentication failed for user \\\\"postgres\\\\" (SQLSTATE 28P01))"}}}}'
      exit 1
    fi ;;
  link*)
    mkdir -p supabase/.temp
    printf %s "$SUPABASE_PROJECT_ID" > supabase/.temp/project-ref
    printf %s "postgresql://postgres.$SUPABASE_PROJECT_ID@pooler/postgres" > supabase/.temp/pooler-url
    echo "{{\\"project_ref\\":\\"$SUPABASE_PROJECT_ID\\",\\"message\\":\\"\\"}}" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""


class StandInPerson:
    """Answers by script: pairs of a pattern that the question must match, and the answer. A question that the script
    does not have next fails the test."""

    def __init__(self, *script: tuple[str, Any]) -> None:
        self.script = list(script)
        self.heard: list[str] = []

    def _answer(self, question: str) -> Any:
        assert self.script, f"nobody expected to be asked: {question}"
        pattern, answer = self.script.pop(0)
        assert re.search(pattern, question), f"asked {question!r} instead of {pattern!r}"
        return answer() if callable(answer) else answer

    def agrees(
        self, question: str, pending: tuple[PendingMigration, ...] = (), *, default: bool = False
    ) -> bool:
        self.heard.extend(migration.file for migration in pending)
        answer = self._answer(question)
        return default if answer is None else bool(answer)

    def types(self, question: str, word: str) -> bool:
        return bool(self._answer(question) == word)

    def answers(self, question: str, *, default: str | None = None) -> str | None:
        answer = self._answer(question)
        return default if answer is None else str(answer)

    def confides(self, question: str) -> Secret | None:
        answer = self._answer(question)
        return Secret(answer) if answer else None

    def picks(self, question: str, choices: Sequence[str], *, default: int | None = None) -> int | None:
        self.heard.extend(choices)
        answer = self._answer(question)
        return default if answer is None else int(answer)

    def hears(self, text: str) -> None:
        self.heard.append(text)

    @property
    def everything(self) -> str:
        """All that was shown."""
        return "\n".join(self.heard)


@dataclass
class Desk:
    """Where an onboarding takes place. `projects` and `keys` are what the account has, `tokens` those accepted;
    `failing` maps a path to the status it gives."""

    folder: Path
    projects: list[dict[str, str]]
    base: str = ""
    tokens: list[str] = field(default_factory=lambda: [TOKEN])
    keys: list[dict[str, str]] = field(default_factory=list)
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    run: Run | None = None

    def __call__(
        self, person: StandInPerson | None, *, environment: str | None = None, **wishes: Any
    ) -> Report:
        """Onboards; every question of the script must have been asked. A refusal is a report, as for the shell."""
        from supa_deploy.errors import SupaDeployError

        flags = Flags(workdir=self.folder, environment=environment, founding=True)
        settings = load(flags, self.environ, self.folder)
        run = Run(
            command="onboard",
            settings=settings,
            deadline=Deadline.after(60),
            interrupt=Interrupt(),
            journal=Journal(),
            person=person,
        )
        self.run = run
        try:
            report = onboard(run, OnboardOptions(**wishes))
        except SupaDeployError as error:
            report = run.fail(error)
        if person is not None:
            assert person.script == [], f"not asked, because {report.failure}"
            for secret in (TOKEN, PASSWORD, KEY, PUBLISHABLE):
                assert secret not in person.everything
        return report

    def env(self, name: str = ".env") -> str:
        """An env file's text."""
        return (self.folder / name).read_text("utf-8")

    def password(self, text: str) -> None:
        """From now on this is the database's password."""
        (self.folder.parent / "password").write_text(text, "utf-8")

    def install(self, version: str = "3.1.0") -> None:
        """Puts the CLI's stand-in on PATH."""
        program = self.folder.parent / "bin" / "supabase"
        program.parent.mkdir(exist_ok=True)
        program.write_text(_CLI.format(version=version, folder=self.folder.parent), "utf-8")
        program.chmod(0o755)

    def answer(self, path: str, token: str) -> tuple[int, object]:
        """The Management API's answer."""
        self.asked.append(path)
        if path in self.failing:
            return self.failing[path], {"message": "no"}
        if token not in self.tokens:
            return 401, {"message": "Unauthorized"}
        if path == "/v1/projects":
            return 200, self.projects
        if path.endswith("/api-keys"):
            return 200, self.keys
        one = next((p for p in self.projects if path == f"/v1/projects/{p['ref']}"), None)
        return (200, one) if one else (404, {"message": "Not Found"})


def a_project(ref: str, name: str, status: str = "ACTIVE_HEALTHY") -> dict[str, str]:
    """An entry of the list of projects."""
    return {"id": ref, "ref": ref, "name": name, "region": "eu-central-1", "status": status}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A project folder without migrations, a CLI, and an account with one project."""
    folder = tmp_path / "project"
    (folder / "supabase").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    desk = Desk(folder, [a_project(REF, "demo")])
    desk.keys = [
        {"name": "default", "type": "secret", "api_key": KEY},
        {"name": "default", "type": "publishable", "api_key": PUBLISHABLE},
    ]
    desk.password(PASSWORD)
    desk.install()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the base class calls it so
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status, value = desk.answer(self.path.partition("?")[0], token)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            """Nothing: pytest's output is for the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    desk.base = f"http://127.0.0.1:{server.server_port}"
    profile = tmp_path / "profile.yaml"
    profile.write_text(
        f"name: test\napi_url: {desk.base}\ndashboard_url: https://dash.test\nproject_host: projects.test\n",
        "utf-8",
    )
    desk.environ = {
        "HOME": str(tmp_path / "home"),
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "SUPABASE_PROFILE": str(profile),
        "SUPABASE_NO_KEYRING": "1",
    }
    yield desk
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def person() -> Callable[..., StandInPerson]:
    """`person((pattern, answer), …)` answers by script."""
    return StandInPerson
