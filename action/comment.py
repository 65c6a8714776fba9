"""The report as one comment on the pull request: made the first time, updated ever after.

In: IN_REPORT (the Markdown file), IN_GITHUB_TOKEN, what tells one comment from another (IN_COMMAND, IN_PROJECT_REF,
IN_ENV, IN_WORKDIR), and GitHub's own variables. The comment carries a mark in its first line; only one that begins
with it and that the token's owner wrote is ever touched. Needs `pull-requests: write`; a token without it (a pull
request from a fork) is told in the log, and the job goes on: nothing here changes how it ends.
Source: GitHub's REST API for issue comments, and `viewer` of its GraphQL API.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supa_deploy.render.document.fitting import fitted
from supa_deploy.render.guard import Guard

LIMIT = 65_536  # characters that GitHub takes
_WITHIN = 20.0  # seconds for one answer
_PAGE = 100  # the most that GitHub gives at once
_PAGES = 30
_ACTIONS_BOT = "github-actions[bot]"  # who a job's own token writes as


class NotPossible(Exception):
    """GitHub did not do it; the message says why, without anything secret."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the address it was given for, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The number, and the newest commit (empty where the event does not tell it)."""

    number: int
    head: str


@dataclass(frozen=True, slots=True)
class Api:
    """GitHub's API for one repository. Addresses end without a slash."""

    rest: str
    graphql: str
    repository: str
    token: str

    def call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request; the answer's JSON. Raises NotPossible."""
        request = urllib.request.Request(  # noqa: S310  # an address of the job's own environment
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
                "User-Agent": "supa-deploy",
            },
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=_WITHIN) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise NotPossible(_refusal(error)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise NotPossible(f"GitHub's API did not answer ({type(error).__name__}).") from None

    def login(self) -> str:
        """Whose comments the token writes; a job's own token may not be allowed to ask."""
        try:
            said = self.call("POST", self.graphql, {"query": "query { viewer { login } }"})
            return str(said["data"]["viewer"]["login"])
        except (NotPossible, LookupError, TypeError):
            return _ACTIONS_BOT

    def comments(self, number: int) -> Iterator[Mapping[str, Any]]:
        """The comments of a pull request, oldest first. Raises NotPossible."""
        base = f"{self.rest}/repos/{self.repository}/issues/{number}/comments?per_page={_PAGE}"
        for page in range(1, _PAGES + 1):
            found = self.call("GET", f"{base}&page={page}")
            if not isinstance(found, list):
                raise NotPossible("GitHub's API answered with something else than comments.")
            yield from found
            if len(found) < _PAGE:
                return

    def put(self, number: int, marker: str, body: str) -> str:
        """Updates our comment, or makes one; says which. Raises NotPossible."""
        login = self.login()
        ours = {login, login if login.endswith("[bot]") else f"{login}[bot]"}
        for comment in self.comments(number):
            author = (comment.get("user") or {}).get("login")  # a deleted account has none
            if author in ours and str(comment.get("body")).startswith(marker):
                url = f"{self.rest}/repos/{self.repository}/issues/comments/{comment['id']}"
                self.call("PATCH", url, {"body": body})
                return "updated"
        self.call("POST", f"{self.rest}/repos/{self.repository}/issues/{number}/comments", {"body": body})
        return "made"


def main(environ: Mapping[str, str]) -> int:
    """Puts the comment and says what became of it; always 0."""
    log = Guard(sys.stdout)
    try:
        log.text(f"Comment on the pull request: {_comment(environ)}.\n")
    except NotPossible as reason:
        log.text(f"No comment on the pull request: {reason}\n")
    return 0


def _comment(environ: Mapping[str, str]) -> str:
    report = Path(environ["IN_REPORT"])
    if not report.is_file():
        raise NotPossible("this run wrote no report; its log says why.")
    asked = pull_request(environ)
    if asked is None:
        raise NotPossible("this job does not run for one.")
    token = environ.get("IN_GITHUB_TOKEN", "")
    if not token:
        raise NotPossible("the input github-token is empty.")
    api = Api(
        environ["GITHUB_API_URL"].rstrip("/"),
        environ["GITHUB_GRAPHQL_URL"].rstrip("/"),
        environ["GITHUB_REPOSITORY"],
        token,
    )
    mark = marker(environ)
    return api.put(asked.number, mark, body(mark, report.read_text("utf-8"), _foot(environ, asked)))


def pull_request(environ: Mapping[str, str]) -> PullRequest | None:
    """The pull request that the job runs for; None where there is none."""
    try:
        event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    except (LookupError, OSError, ValueError):
        return None
    issue = event.get("issue") or {}
    found = event.get("pull_request") or (issue if issue.get("pull_request") else {})
    if not isinstance(found.get("number"), int):
        return None
    return PullRequest(found["number"], str((found.get("head") or {}).get("sha", "")))


def marker(environ: Mapping[str, str]) -> str:
    """The comment's first line, which no reader sees: one for each command, project, environment and folder."""
    told = [environ.get(name, "") for name in ("IN_COMMAND", "IN_PROJECT_REF", "IN_ENV", "IN_WORKDIR")]
    key = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    return f"<!-- supa-deploy:{key} -->"


def body(mark: str, report: str, foot: str) -> str:
    """The comment: the mark, the report as far as there is room, and where it comes from. GitHub counts characters;
    bytes are never fewer."""
    room = LIMIT - len(f"{mark}\n\n{foot}".encode())
    return f"{mark}\n{fitted(report, room)}\n{foot}"


def _foot(environ: Mapping[str, str], asked: PullRequest) -> str:
    run = f"{environ['GITHUB_SERVER_URL']}/{environ['GITHUB_REPOSITORY']}/actions/runs/{environ['GITHUB_RUN_ID']}"
    commit = f"{asked.head[:7]} · " if asked.head else ""
    return f"<sub>{commit}[the job that wrote this]({run})</sub>\n"


def _refusal(error: urllib.error.HTTPError) -> str:
    if error.code in {401, 403, 404}:
        return (
            f"GitHub refused it ({error.code}). The job's token needs `pull-requests: write`, which pull requests "
            "from forks do not get."
        )
    return f"GitHub's API answered {error.code}."


if __name__ == "__main__":
    sys.exit(main(os.environ))
