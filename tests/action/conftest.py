"""Fixtures for the action: a machine-like job, the throwaway platform behind it, and a stand-in for GitHub's API."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.action.job import Job
from tests.e2e.conftest import (  # noqa: F401  # fixtures
    any_platform,
    parts,
    platform,
    private_home,
    reach,
    shared_platform,
    start_platform,
)

from supa_deploy.shadow.binaries import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
_ISSUE = "/repos/octo/shop/issues/7/comments"
_COMMENTS = "/repos/octo/shop/issues/comments"
REGISTRY = ROOT / "tests" / "action" / "registry"
_OF_THE_ACTION = (
    "action.yml",
    "action",
    "src",
    "pyproject.toml",
    "requirements.lock",
    "README.md",
    "LICENSE",
)


@pytest.fixture(scope="session")
def action_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This action where a runner would have put it."""
    folder = tmp_path_factory.mktemp("_actions") / "octo" / "supa-deploy" / "v1"
    folder.mkdir(parents=True)
    leave_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in _OF_THE_ACTION:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=leave_out)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def machine_temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUNNER_TEMP of all jobs of this session, as of one job that uses the action often: what the first use installs,
    the others find."""
    return tmp_path_factory.mktemp("runner_temp")


@pytest.fixture
def job(action_folder: Path, machine_temp: Path, tmp_path: Path) -> Job:
    """A job whose repository holds the example project in a subfolder, `apps/shop`."""
    workspace, home = tmp_path / "repository", tmp_path / "home"
    temp = machine_temp / tmp_path.name
    for folder in (workspace, home, temp):
        folder.mkdir()
    (temp / "supa-deploy").symlink_to(_shared(machine_temp))
    shutil.copytree(
        ROOT / "supabase",
        workspace / "apps" / "shop" / "supabase",
        ignore=shutil.ignore_patterns(".temp", ".branches"),
    )
    return Job(action_folder, workspace, temp, home, env=_registries())


def _registries() -> dict[str, str]:
    """pip and npm told to take everything from what fetch.sh laid down: in the tests' namespace there is no network."""
    if not (REGISTRY / ".ready").exists():
        pytest.skip("what the action installs was not fetched: run `make registry`")
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(REGISTRY / "wheels"),
        "npm_config_offline": "true",
        "npm_config_cache": str(REGISTRY / "npm"),
    }


def _shared(machine_temp: Path) -> Path:
    folder = machine_temp / "supa-deploy"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass
class Known:
    """The inputs with which a job reaches the throwaway project, and what must be seen nowhere."""

    inputs: dict[str, str]
    secrets: tuple[str, ...]


@pytest.fixture
def known(platform: Any, job: Job) -> Known:  # noqa: F811  # the fixture imported above
    """Inputs for the throwaway project; the job gets the cache in which a scratch server is found."""
    found = platform.environ(linked=True)
    job.env["XDG_CACHE_HOME"] = str(cache_home(os.environ).parent)
    return Known(
        {
            "access-token": found["SUPABASE_ACCESS_TOKEN"],
            "db-password": found["SUPABASE_DB_PASSWORD"],
            "project-ref": found["SUPABASE_PROJECT_REF"],
            "url": found["SUPABASE_URL"],
            "profile": found["SUPABASE_PROFILE"],
            "workdir": "apps/shop",
        },
        (found["SUPABASE_ACCESS_TOKEN"], found["SUPABASE_DB_PASSWORD"]),
    )


@dataclass
class GitHubApi:
    """A scripted stand-in for GitHub's comments API (REST) and `viewer` (GraphQL); it keeps what it was told. It is
    not GitHub: permissions are `allowed`, nothing is rendered, and no rate is limited."""

    url: str
    token: str = "ghs_the-jobs-own-token"
    login: str = "github-actions[bot]"
    allowed: bool = True
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def add(self, login: str | None, body: str) -> int:
        """A comment that is there already."""
        identity = 100 + len(self.comments)
        self.comments.append({"id": identity, "user": {"login": login} if login else None, "body": body})
        return identity

    def answer(self, method: str, path: str, authorization: str | None, body: Any) -> tuple[int, Any]:
        """Status and JSON for one request."""
        self.calls.append(f"{method} {path}")
        if authorization != f"Bearer {self.token}":
            return 401, {"message": "Bad credentials"}
        if path == "/graphql":
            return 200, {"data": {"viewer": {"login": self.login}}}
        place, _, query = path.partition("?")
        if method == "GET" and place == _ISSUE:
            told = dict(pair.split("=") for pair in query.split("&"))
            size, page = int(told["per_page"]), int(told["page"])
            return 200, self.comments[(page - 1) * size : page * size]
        return self._write(method, place, body or {})

    def _write(self, method: str, place: str, body: dict[str, Any]) -> tuple[int, Any]:
        if not self.allowed:
            return 403, {"message": "Resource not accessible by integration"}
        found = next((c for c in self.comments if place == f"{_COMMENTS}/{c['id']}"), None)
        if not (method == "POST" and place == _ISSUE) and not (method == "PATCH" and found):
            return 404, {"message": "Not Found"}
        if len(body["body"]) > 65_536:
            return 422, {"message": "Body is too long (maximum is 65536 characters)"}
        if found is None:
            self.add(self.login, body["body"])
            return 201, self.comments[-1]
        found["body"] = body["body"]
        return 200, found


@pytest.fixture
def github_api() -> Iterator[GitHubApi]:
    """The stand-in for GitHub's API, listening on this machine."""
    api: GitHubApi

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = api.answer(
                self.command, self.path, self.headers.get("Authorization"), json.loads(sent) if sent else None
            )
            content = json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", said["moved_to"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _any  # noqa: N815  # the base class names them so

        def log_message(self, *_: Any) -> None:
            """Nothing: a test reads `calls`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = GitHubApi(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def program() -> Callable[[str], ModuleType]:
    """A program of action/ as a module, by its name, to call its parts."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"action_{name}", ROOT / "action" / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load
