"""Drift and rollbacks inside GitHub Actions; and no name that plays tricks, anywhere they are told."""

import re
from collections.abc import Callable

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from supa_deploy.model import Change, ChangeKind, Drift, Loss, Preview, Report, Rollback
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations
from supa_deploy.render.github import SUMMARY_LIMIT, outputs, summary
from supa_deploy.render.json import to_json
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]


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
    shown += [summary(report, SUMMARY_LIMIT), annotations(report)]
    for text in shown:
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "##[" not in text
    assert not [row for text in shown[:3] for row in text.splitlines() if row.startswith("::")]
    assert all(row.startswith(("::warning title=", "::notice title=")) for row in shown[4].splitlines())
    assert "\x1b" not in to_json(report)

    page = cmarkgfm.github_flavored_markdown_to_html(shown[3], Options.CMARK_OPT_UNSAFE)
    assert page.count("<details>") == page.count("</details>") == 2
    assert not re.search(r"<(script|img|h1>h|a [^>]*x|strong>b)", page)
