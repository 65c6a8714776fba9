"""One use of the action in a job: its own steps, parsed from action.yml, run in order in a machine-like folder.

`uses:` steps are not run (they are GitHub's own programs): what they would give is put in their place and they are
listed in `Result.replaced`. Everything else is real: the shell, the environment, the files of the runner.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from tests.action.expressions import Contexts
from tests.action.runner import Log, read_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_REACHES_REGISTRIES = ("PIP_", "NPM_CONFIG_", "npm_config_", "SSL_CERT_", "NODE_EXTRA_CA_CERTS")
_PROXIES = {"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}


@dataclass
class Step:
    """How one step went. `error` is what it wrote to its second stream."""

    name: str
    ran: bool
    exit_code: int = 0
    output: str = ""
    error: str = ""
    log: Log = field(default_factory=Log)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass
class Result:
    """How the use of the action went. `log` is the whole of it as the runner read it."""

    failed: bool
    outputs: dict[str, str]
    steps: list[Step]
    replaced: list[str]

    def step(self, name: str) -> Step:
        """A step by its name."""
        return next(step for step in self.steps if step.name == name)

    @property
    def run(self) -> Step:
        """The step that runs supa-deploy."""
        return self.step("Run supa-deploy")

    @property
    def text(self) -> str:
        """Everything that was written, as it was written."""
        return "".join(step.output + step.error for step in self.steps)


@dataclass
class Job:
    """A job on a fresh machine: `workspace` is the repository, `action` where the runner keeps this action. `during` is
    called with the process id of the step that runs supa-deploy, while it runs."""

    action: Path
    workspace: Path
    temp: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict)
    event_name: str = "push"
    event: dict[str, Any] = field(default_factory=dict)
    api: str = "http://127.0.0.1:9"
    during: Callable[[int], None] | None = None
    path: str = field(default_factory=lambda: os.environ["PATH"])
    _uses: int = 0

    def use(self, inputs: Mapping[str, str], *, within: float = 200.0) -> Result:
        """Runs the action's steps with these inputs; a name that action.yml does not have is an error."""
        told = yaml.safe_load((self.action / "action.yml").read_text("utf-8"))
        unknown = set(inputs) - set(told["inputs"])
        assert not unknown, f"not inputs of the action: {unknown}"
        self._uses += 1
        github = {"token": "ghs_the-jobs-own-token", "action_path": str(self.action)}
        first = Contexts({"github": github})
        given = {
            name: inputs.get(name, first.filled(str(input_.get("default", ""))))
            for name, input_ in told["inputs"].items()
        }
        outputs: dict[str, dict[str, dict[str, str]]] = {}
        contexts = Contexts({"github": github, "inputs": given, "steps": outputs})
        for step in told["runs"]["steps"]:
            if "id" in step:
                outputs[step["id"]] = {"outputs": {}}
        done, replaced = [], []
        for number, step in enumerate(told["runs"]["steps"]):
            if not contexts.holds(step.get("if")):
                done.append(Step(step["name"], ran=False))
                continue
            if "uses" in step:
                assert isinstance(
                    [contexts.filled(str(value)) for value in step.get("with", {}).values()], list
                )
                replaced.append(step["uses"])
                gives = {"python-path": sys.executable} if "setup-python" in step["uses"] else {}
                done.append(Step(step["name"], ran=True, outputs=gives))
            else:
                done.append(self._run(number, step, contexts, within))
                contexts.failed = contexts.failed or done[-1].exit_code != 0
            if "id" in step:
                outputs[step["id"]]["outputs"].update(done[-1].outputs)
        shown = {name: contexts.filled(output["value"]) for name, output in told["outputs"].items()}
        return Result(contexts.failed, shown, done, replaced)

    def _run(self, number: int, step: Mapping[str, Any], contexts: Contexts, within: float) -> Step:
        files = self.temp / f"_runner_{self._uses}_{number}"
        files.mkdir(parents=True)
        assert step["shell"] == "sh", "this stand-in knows `shell: sh` alone"
        assert "${{" not in step["run"]
        script = files / "script.sh"
        script.write_text(step["run"] + "\n", "utf-8")
        process = subprocess.Popen(
            ["sh", "-e", str(script)],
            cwd=self.workspace,
            env=self._environment(files)
            | {name: contexts.filled(str(value)) for name, value in step.get("env", {}).items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if self.during and step.get("id") == "run":
            threading.Thread(target=self.during, args=(process.pid,)).start()
        try:
            written = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            written = process.communicate()
            raise AssertionError(f"{step['name']} did not end within {within} s\n{written}") from None
        output, error = (stream.decode("utf-8", "replace") for stream in written)
        log = Log()
        log.read(output)
        log.read(error)
        summary = files / "summary.md"
        return Step(
            step["name"],
            True,
            process.returncode,
            output,
            error,
            log,
            read_outputs(files / "output"),
            summary.read_text("utf-8") if summary.exists() else "",
        )

    def _environment(self, files: Path) -> dict[str, str]:
        event = files / "event.json"
        event.write_text(json.dumps(self.event), "utf-8")
        for name in ("output", "summary.md", "env", "path", "state"):
            (files / name).touch()
        machine = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(_REACHES_REGISTRIES) or name in _PROXIES
        }
        return {
            **machine,
            "PATH": self.path,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_API_URL": self.api,
            "GITHUB_ENV": str(files / "env"),
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_GRAPHQL_URL": f"{self.api}/graphql",
            "GITHUB_OUTPUT": str(files / "output"),
            "GITHUB_PATH": str(files / "path"),
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_RUN_ID": "4711",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
            "GITHUB_STATE": str(files / "state"),
            "GITHUB_STEP_SUMMARY": str(files / "summary.md"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **self.env,
        }
