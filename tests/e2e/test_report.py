"""The report story with the real CLI: what it tells before and after a deploy, and what becomes of it where something
stands in the way."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tests.e2e.conftest import Project, Ran, Runner

    from supa_deploy.platform.throwaway import Platform

pytestmark = pytest.mark.scratch

BASELINE = "20250101000000"
FILES = [f"2025011800000{n}" for n in (1, 2, 3, 4)]
JSON = ("--output", "json")
FEATURE = ("report", "--since", FILES[0], *JSON)
SEED = (
    "table public.ai_threads",
    "table public.content_modifications",
    "table public.style_customization_history",
    "column public.chat_sessions.openai_thread_id",
    "column public.optimizations.ai_modification_count",
)
"""The five objects of the status report that began this project."""
LOST = (
    "ai_threads",
    "content_modifications",
    "style_customization_history",
    "chat_sessions.openai_thread_id",
    "optimizations.ai_modification_count",
)
_ROWS = """
insert into auth.users (id) values (:u) on conflict do nothing;
insert into public.resumes (id, user_id, title) values (:u, :u, 'r') on conflict do nothing;
insert into public.optimizations (id, user_id, resume_id) values (:u, :u, :u) on conflict do nothing;
insert into public.chat_sessions (id, user_id, optimization_id) values (:u, :u, :u) on conflict do nothing
""".replace(":u", "'00000000-0000-0000-0000-000000000001'")
_MORE_ROWS = """
insert into public.ai_threads (user_id, openai_thread_id) select id, n from auth.users, generate_series(1, 3) n;
update public.chat_sessions set openai_thread_id = 'thread'
"""


@pytest.fixture
def example(platform: Platform, project: Project, deployed: Callable[..., None]) -> None:
    """The example project with its baseline applied, a user in it, and four files pending."""
    project.copy_example()
    deployed(BASELINE)
    platform.sql(_ROWS)


@pytest.fixture
def deployed(project: Project, supa_deploy: Runner) -> Callable[..., None]:
    """Applies the files of these versions; the others are left pending."""

    def deploy(*versions: str) -> None:
        others = {
            file: file.read_bytes()
            for file in project.migrations.glob("*.sql")
            if file.name.split("_")[0] not in versions
        }
        for file in others:
            file.unlink()
        ran = supa_deploy("deploy", "--yes", "--no-verify", "--no-diff", *JSON)
        assert ran.exit_code == 0, said(ran)
        for file, content in others.items():
            file.write_bytes(content)

    return deploy


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def told(ran: Ran) -> dict[str, Any]:
    """The document of a report that could be made."""
    assert (ran.exit_code, ran.outcome) == (0, "ok"), said(ran)
    return ran.report


def losses(document: dict[str, Any]) -> dict[str, int | None]:
    """What the plan counts, by table or table.column; None for what is not there yet."""
    return {
        f"{loss['table']}.{loss['column']}" if loss["column"] else loss["table"]: loss["rows"]
        if loss["exists"]
        else None
        for loss in document["rollback"]["losses"]
    }


def no_plan(document: dict[str, Any]) -> str:
    """Why there is no rollback plan."""
    assert document["rollback"] is None
    (why,) = [notice for notice in document["notices"] if notice.startswith("There is no rollback plan: ")]
    return str(why)


def verdicts(ran: Ran, names: Collection[str] = SEED) -> set[str]:
    found = ran.verdicts()
    return {found[name] for name in names}


def grown(document: dict[str, Any]) -> dict[str, int]:
    impact = document["feature"]["impact"]
    return {name: impact["after"][name] - before for name, before in impact["before"].items()}


@pytest.mark.usefixtures("example")
def test_a_feature_before_and_after_its_deploy(
    platform: Platform, project: Project, supa_deploy: Runner, deployed: Callable[..., None]
) -> None:
    """The numbers are those of the report that began this project, but for the indexes: there are 17."""
    before = supa_deploy(*FEATURE)
    document = told(before)
    assert verdicts(before) == {"missing"}
    assert {check["verdict"] for check in document["checks"]} == {"missing"}, "indexes and policies too"
    assert (document["feature"]["impact"]["before"]["tables"], document["feature"]["whole"]) == (12, False)
    added = grown(document)
    assert (added["tables"], added["indexes"], added["policies"]) == (3, 17, 9)
    assert [account["version"] for account in document["feature"]["files"]] == FILES
    assert {claim["claim"] for claim in document["claims"] if not claim["holds"]} == {"indexed"}
    assert losses(document) == dict.fromkeys(LOST)
    assert (document["rollback"]["to"], document["rollback"]["done"]) == (BASELINE, False)
    assert document["drift"]["empty"]

    deployed(BASELINE, *FILES)
    platform.sql(_MORE_ROWS)
    after = supa_deploy(*FEATURE)
    document = told(after)
    assert verdicts(after) == {"confirmed"}
    assert all(check["witness"] != "none" for check in document["checks"] if check["verdict"] == "confirmed")
    assert grown(document) == added
    assert losses(document) == dict(zip(LOST, (3, 0, 0, 1, 1), strict=True))
    assert document["rollback"]["versions"] == FILES[::-1]
    assert "DROP TABLE" in document["rollback"]["sql"]
    assert document["findings"], "those of applied files are told too"
    assert {finding["file"].split("/")[-1].split("_")[0] for finding in document["findings"]} <= set(FILES)


@pytest.mark.usefixtures("example")
def test_only_some_versions(supa_deploy: Runner, project: Project) -> None:
    """What is told is about them alone; what has to go with them stands in the plan, what is sent too in a notice."""
    document = told(supa_deploy("report", "--only", FILES[1], *JSON))
    assert {check["migration"] for check in document["checks"]} == {FILES[1]}
    assert [account["version"] for account in document["feature"]["files"]] == [FILES[1]]
    assert {finding["file"].split("/")[-1].split("_")[0] for finding in document["findings"]} <= {FILES[1]}
    assert document["rollback"]["to"] == FILES[0]
    assert document["rollback"]["versions"] == [FILES[3], FILES[2], FILES[1]]
    assert any(
        "Pending besides" in notice and f"{FILES[0]}, {FILES[2]}, {FILES[3]}" in notice
        for notice in document["notices"]
    )
    below = told(supa_deploy("report", "--only", BASELINE, *JSON))
    assert f"{BASELINE} is the oldest version" in no_plan(below)
    assert {check["migration"] for check in below["checks"]} == {BASELINE}

    unknown = supa_deploy("report", "--only", "2", "--since", "3", "--report", "x.md", *JSON)
    assert (unknown.exit_code, unknown.report["error"]["code"]) == (2, "unknown_version"), said(unknown)
    nothing = supa_deploy("report", "--only", BASELINE, "--since", FILES[0], *JSON)
    assert (nothing.exit_code, nothing.report["error"]["code"]) == (2, "nothing_chosen"), said(nothing)
    assert not (project.path / "x.md").exists()


@pytest.mark.usefixtures("example")
def test_a_hand_written_way_back_of_a_pending_file(supa_deploy: Runner, project: Project) -> None:
    """The plan takes it, also where its neighbours are computed."""
    project.write(
        f"{FILES[2]}_create_style_history.down.sql", "drop table public.style_customization_history;\n"
    )
    document = told(supa_deploy(*FEATURE))
    assert [file.split("/")[-1] for file in document["rollback"]["hand_written"]] == [
        f"{FILES[2]}_create_style_history.down.sql"
    ]
    assert losses(document) == dict.fromkeys(LOST)


@pytest.mark.usefixtures("example")
def test_drift_is_told_and_keeps_the_plan_from_being_made(platform: Platform, supa_deploy: Runner) -> None:
    platform.sql("set role postgres; alter table public.resumes add column extra text")
    document = told(supa_deploy(*FEATURE))
    assert [change["name"] for change in document["drift"]["changes"]] == ["extra"]
    assert "would destroy what the database holds outside the files" in no_plan(document)


@pytest.mark.usefixtures("example")
def test_a_conflict_stands_in_the_report(supa_deploy: Runner, project: Project, platform: Platform) -> None:
    """A version that no file here has: what it made is not known, so nothing is compared."""
    platform.sql("insert into supabase_migrations.schema_migrations (version) values ('20250102000000')")
    document = told(supa_deploy("report", *JSON))
    assert document["drift"] is None
    assert "20250102000000" in no_plan(document)
    assert any(notice.startswith("A deploy would be refused: ") for notice in document["notices"])
    file = next(project.migrations.glob(f"{BASELINE}_*.sql"))
    file.write_text(
        file.read_text("utf-8").replace("plan text", "plan  varchar", 1) + "\nselect 1;\n", "utf-8"
    )
    edited = told(supa_deploy("report", *JSON))
    assert any(finding["rule"] == "edited-after-apply" for finding in edited["findings"]), edited["findings"]


@pytest.mark.usefixtures("example")
def test_without_a_scratch_server(supa_deploy: Runner) -> None:
    """What it would have told is a notice; the rest is there."""
    ran = supa_deploy(*FEATURE, env={"SUPA_DEPLOY_SHADOW_URL": "off"})
    document = told(ran)
    assert verdicts(ran) == {"missing"}
    assert document["drift"] is None
    assert "drift was not looked for" in no_plan(document)
    assert document["feature"]["impact"]["after"]["tables"] == 15


@pytest.mark.generations("2.122.1", "2.99.0")
@pytest.mark.usefixtures("example")
def test_older_clis(supa_deploy: Runner, cli_version: str) -> None:
    document = told(ran := supa_deploy(*FEATURE))
    assert verdicts(ran) == {"missing"}
    if cli_version == "2.99.0":
        assert "drift was not looked for" in no_plan(document)
    else:
        assert losses(document) == dict.fromkeys(LOST)


def test_an_interrupted_report_is_written_too(
    supa_deploy: Runner, project: Project, eventually: Callable[..., None]
) -> None:
    project.write_notes()
    supa_deploy.platform.faults.hang("/rest/v1/")
    running = supa_deploy.start("report", "r.md", *JSON)
    eventually(
        lambda: any(request.path.startswith("/rest/v1/") for request in supa_deploy.platform.requests),
        "the Data API is asked",
    )
    running.signal(signal.SIGINT)
    ran = running.finish(within=60.0)
    assert (ran.exit_code, ran.outcome) == (130, "interrupted"), said(ran)
    assert [entry["name"] for entry in ran.report["plan"]["pending"]] == ["notes"]
    assert "interrupted" in (project.path / "r.md").read_text("utf-8")


def test_when_the_time_is_up_the_report_says_what_is_not_known(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    assert supa_deploy("deploy", "--yes", "--no-verify", "--no-diff", *JSON).exit_code == 0
    project.write("20260201000000_more.sql", "alter table public.notes add column extra text;\n")
    supa_deploy.platform.faults.hang("/rest/v1/")
    document = told(supa_deploy("report", "--timeout", "24", *JSON))
    steps = {step["name"]: step["status"] for step in document["steps"]}
    assert (steps["verify"], steps["rollback"]) == ("skipped", "skipped")
    assert [entry["remote"] for entry in document["migrations"]] == [True, False]
    assert document["feature"]["impact"]["after"]["tables"] == 1
    assert "the time was up" in no_plan(document)


def test_an_empty_project_has_a_report(supa_deploy: Runner) -> None:
    document = told(supa_deploy("report", *JSON))
    assert (document["checks"], document["rollback"], document["feature"]["files"]) == ([], None, [])
