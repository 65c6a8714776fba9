"""The workflow that deploys on GitHub, and the lines that give it its secrets: names alone, never a value."""

import json
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from supa_deploy import __version__
from supa_deploy.errors import PreflightFailed
from supa_deploy.onboard.git import Git
from supa_deploy.onboard.setup import Setup

_ALONE = "production"  # what GitHub's environment is called where --env gave no name


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file: where it goes, what it shall hold, and GitHub's name of the environment. `shown` is the path
    from the top of the repository."""

    path: Path
    shown: str
    text: str
    environment: str

    @property
    def is_there(self) -> bool:
        """True when a file stands there already."""
        return self.path.exists()

    @property
    def is_the_same(self) -> bool:
        """True when it is word for word this one."""
        return self.path.is_file() and self.path.read_bytes() == self.text.encode()


def workflow_for(setup: Setup) -> Workflow:
    """The workflow of this environment, one file each."""
    settings = setup.settings
    git = Git(settings.workdir, settings.environ)
    top = git.top() or settings.workdir
    folder = settings.workdir.resolve().relative_to(top.resolve()).as_posix()
    environment = settings.environment
    name = f"supa-deploy-{environment}.yml" if environment else "supa-deploy.yml"
    prefix = "" if folder == "." else f"{folder}/"
    inputs = {"env": environment, "workdir": prefix.rstrip("/")}
    words = {
        "NAME": _quoted(f"deploy database ({environment})" if environment else "deploy database"),
        "BRANCH": _quoted(git.main_branch()),
        "PATHS": _quoted(f"{prefix}supabase/**"),
        "ENVIRONMENT": _quoted(environment or _ALONE),
        "WITH": "".join(f"{' ' * 10}{key}: {_quoted(value)}\n" for key, value in inputs.items() if value),
        "REF": settings.project_ref or "",
        "TOOL": __version__,
    }
    text = files("supa_deploy.onboard").joinpath("workflow.yml").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    shown = f".github/workflows/{name}"
    return Workflow(top / shown, shown, text, environment or _ALONE)


def offer_workflow(setup: Setup) -> None:
    """Writes the workflow file where it is wanted; another file in its place only with the person's word."""
    workflow = workflow_for(setup)
    wanted = setup.options.workflow
    if workflow.is_the_same:
        _there(setup, workflow, "is there")
        return
    if wanted is None:
        wanted = not setup.options.yes and setup.agrees(
            f"Write a GitHub workflow that deploys on every push ({workflow.shown})?", default=True
        )
    if not wanted:
        setup.found("workflow", "none was written", ok=None)
        return
    if workflow.is_there and not setup.agrees(
        f"{workflow.shown} is there already, and differs. Replace it?", default=False
    ):
        setup.found("workflow", f"{workflow.shown} is another one, and was left as it is", ok=None)
        return
    _write(setup, workflow)
    _there(setup, workflow, "was written: put in OWNER and COMMIT (where supa-deploy lives), and commit it")


def _there(setup: Setup, workflow: Workflow, how: str) -> None:
    if workflow.is_the_same:
        setup.found("workflow", f"{workflow.shown} {how}", next_step="\n".join(gh_lines(setup, workflow)))


def gh_lines(setup: Setup, workflow: Workflow) -> tuple[str, ...]:
    """What gives the workflow its settings, by GitHub's own CLI. `gh secret set` asks for the value, unseen."""
    name = workflow.environment
    secrets = ["SUPABASE_ACCESS_TOKEN"]
    secrets += ["SUPABASE_DB_PASSWORD"] if setup.settings.db_password else []
    return (
        "Give GitHub what it needs; gh asks for each secret, unseen:",
        f"gh api --method PUT repos/{{owner}}/{{repo}}/environments/{name}",
        f"gh variable set SUPABASE_PROJECT_REF --env {name} --body {setup.settings.project_ref}",
        *(f"gh secret set {secret} --env {name}" for secret in secrets),
    )


def _write(setup: Setup, workflow: Workflow) -> None:
    with setup.run.journal.step("workflow") as step:
        folder = workflow.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=folder, suffix=".new", delete=False, encoding="utf-8", newline=""
            ) as new:
                fresh = Path(new.name)
                new.write(workflow.text)
            fresh.chmod(0o644)
            fresh.replace(workflow.path)
        except OSError as error:
            raise PreflightFailed(
                f"{workflow.shown} cannot be written: {error.strerror}. Everything else is done.",
                hint="Make the folder writable and run again, or leave it out with --no-workflow.",
                code="workflow_unwritable",
            ) from None
        step.note = workflow.shown


def _quoted(text: str) -> str:
    """A YAML string: JSON is one."""
    return text if text.isalnum() and text.isascii() and not text.isdigit() else json.dumps(text)
