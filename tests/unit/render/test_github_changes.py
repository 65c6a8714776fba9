"""Drift and rollbacks inside GitHub Actions; and no name that plays tricks, anywhere they are told."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import Change, ChangeKind, Drift, Loss, Preview, Report, Rollback
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations
from supa_deploy.render.github import outputs
from supa_deploy.render.json import to_json
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen
from supa_deploy.render.summary import markdown

MakeReport = Callable[..., Report]


def test_the_summary_tells_the_drift(make_report: MakeReport, drifted: Drift) -> None:
    assert markdown(make_report(Outcome.DRIFT, command="diff", drift=drifted)) == (
        "### supa-deploy diff\n\n"
        "❌ drift \\(exit 11\\)\\: 3 things differ from the files \\(1 lost, 1 changed and 1 added\\) · 2.4 s\n\n"
        "**Drift\\: where the database differs from the files**\n\n"
        "- ❌ lost\\: index idx\\_ai\\_threads\\_status on ai\\_threads\n"
        '- ⚠️ changed\\: policy "Users can read" on ai\\_threads\\: using\\: from \\(auth.uid\\(\\) = user\\_id\\) '
        "to true\n"
        "- ➕ added\\: table notes\n\n"
        "<details><summary>The SQL that explains it (2 lines)</summary>\n\n"
        "```sql\nDROP INDEX public.idx_ai_threads_status;\nCREATE TABLE public.notes ();\n```\n\n"
        "</details>\n\n"
        "<sub>left out\\: 14 differences that are the platform's own</sub><br>"
        "<sub>vector and pg\\_net\\: stand\\-ins on the scratch server, names and signatures only</sub>\n\n"
    )


def test_the_summary_without_drift_says_so(make_report: MakeReport) -> None:
    shown = markdown(make_report(command="diff", drift=Drift("GRANT x;")))
    assert "\n✅ no drift\\: the database holds what the files make\n" in shown
    assert "GRANT" not in shown


def test_the_summary_tells_preview_and_rollback(
    make_report: MakeReport, way_back: Rollback, three_changes: tuple[Change, ...]
) -> None:
    shown = markdown(
        make_report(command="rollback", rollback=way_back, preview=Preview("select 1;", three_changes))
    )
    assert "- ❌ removes\\: index idx\\_ai\\_threads\\_status on ai\\_threads\n" in shown
    assert (
        "**Rollback to 20250101000000\\: 2 versions are undone, newest first**\n\n- 20250118000004 " in shown
    )
    assert "```sql\nDROP TABLE public.ai_threads;\n```" in shown
    assert "- ❌ table ai\\_threads\\: 1,234 rows, 2.1 MB will be gone\n" in shown
    assert "- ❌ the rows that the file deleted\n" in shown
    assert "- ➕ still there\\: index idx\\_x on chat\\_sessions\n" in shown


def test_a_long_drift_is_bounded_in_the_summary(make_report: MakeReport) -> None:
    changes = tuple(Change(ChangeKind.ADDED, "table", "public", f"t{n}") for n in range(230))
    sql = "\n".join(f"select {n};" for n in range(1200))
    shown = markdown(make_report(command="diff", drift=Drift(sql, changes)))
    assert "- ➕ added\\: table t199\n- … 30 more" in shown
    assert "select 999;\n-- … 200 more lines\n```" in shown


@pytest.mark.parametrize(("outcome", "level"), [(Outcome.DRIFT, "error"), (Outcome.OK, "warning")])
def test_each_difference_is_annotated_worst_first(
    outcome: Outcome, level: str, make_report: MakeReport, drifted: Drift
) -> None:
    assert annotations(make_report(outcome, command="diff", drift=drifted)).splitlines() == [
        f"::{level} title=supa-deploy%3A drift::lost: index idx_ai_threads_status on ai_threads",
        (
            f"::{level} title=supa-deploy%3A drift::changed: "
            'policy "Users can read" on ai_threads: using: from (auth.uid() = user_id) to true'
        ),
        f"::{level} title=supa-deploy%3A drift::added: table notes",
    ]


def test_no_more_annotations_than_github_takes(make_report: MakeReport) -> None:
    changes = tuple(Change(ChangeKind.ADDED, "table", "public", f"t{n}") for n in range(30))
    lines = annotations(make_report(Outcome.DRIFT, drift=Drift("", changes))).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::error title=supa-deploy::21 more: see the log of this step."


def test_later_steps_can_read_how_much_differs(make_report: MakeReport, drifted: Drift) -> None:
    def told(report: Report) -> str:
        return outputs(report).split("drift_count<<")[1].splitlines()[1]

    assert [told(make_report(drift=drift)) for drift in (drifted, Drift(), None)] == ["3", "0", ""]


@pytest.mark.parametrize("done", [True, False])
def test_names_from_a_database_cannot_play_tricks(done: bool, make_report: MakeReport) -> None:
    evil = "\x1b[2J<script>x</script> | **b** ```c``` \u202eabc [l](http://x) ##[error]x\n::error::no\n# h"
    changes = tuple(
        Change(kind, word, evil, evil, table, evil)
        for kind in ChangeKind
        for word in ("table", "column", "grant", "publication member", "row-level security", "schema", evil)
        for table in (None, evil)
    )
    back = Rollback(
        evil, (evil,), evil, (Loss(evil, evil, evil, 1, 1, evil),), (evil,), (evil,), changes, done
    )
    drift = Drift(evil, changes, evil, evil, 1, (evil,))
    report = make_report(
        Outcome.OK, command="rollback", drift=drift, preview=Preview(evil, changes), rollback=back
    )
    shown = [screen(report, look) for look in (Look(), Look(80, 80, verbosity=1), Look(verbosity=-1))]
    shown += [markdown(report), annotations(report)]
    for text in shown:
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "##[" not in text
    assert not [row for text in shown[:3] for row in text.splitlines() if row.startswith("::")]
    assert all(row.startswith(("::warning title=", "::notice title=")) for row in shown[4].splitlines())
    assert "\x1b" not in to_json(report)

    outside_code = re.sub(r"(?ms)^(`{4,})sql\n.*?^\1$", "", shown[3])
    assert outside_code.count("<details>") == outside_code.count("</details>") == 3
    outside_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside_code.replace("\\`", ""))
    assert "<script" not in outside_code.replace("\\<", "")
    assert not re.search(r"(?<!\\)\*\*b", outside_code)
    assert not re.search(r"^# h", outside_code, re.MULTILINE)


def test_a_code_block_cannot_be_left(make_report: MakeReport, drifted: Drift) -> None:
    sql = "select 1;\n````\n</details>\n# out"
    shown = markdown(make_report(command="diff", drift=replace(drifted, sql=sql)))
    assert "`````sql\nselect 1;\n````\n</details>\n# out\n`````\n\n</details>" in shown
