"""Writes docs/rules.md: every rule in a table, by topic, with the link to its page.

Run it after a rule was added or changed: `python scripts/write_rule_index.py`. A test holds the file to what this
gives.
"""  # noqa: INP001  # a script, not a package

from itertools import groupby
from pathlib import Path

from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule, Topic

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
_PAGES = "../src/supa_deploy/rules/pages"
_HEAD = """# The rules of `supa-deploy check`

An **error** is what the database would refuse or the Supabase CLI would not apply as written: it stops `check` and
`deploy` (exit code 12). Everything else is a warning or a note until the project says otherwise; see
[check.md](check.md). Each rule's page has a bad example and good ones, and the tests run them.

`fix`: `check --fix` can mend it. `squawk`: squawk finds it, under the name in brackets.
"""
_COLUMNS = "| rule | severity | why | |\n| --- | --- | --- | --- |"


def index() -> str:
    """The text of docs/rules.md."""
    order = list(Topic)
    rules = sorted(RULES.values(), key=lambda rule: (order.index(rule.topic), rule.id))
    parts = [_HEAD]
    for topic, group in groupby(rules, key=lambda rule: rule.topic):
        rows = "\n".join(_row(rule) for rule in group)
        parts.append(f"## {topic.value.capitalize()}\n\n{_COLUMNS}\n{rows}\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    marks = ["fix"] if rule.fixable else []
    marks += [f"squawk (`{rule.origin}`)"] if rule.origin else []
    why = rule.why.replace("|", "\\|")
    return f"| [`{rule.id}`]({_PAGES}/{rule.id}.md) | {rule.severity} | {why} | {', '.join(marks)} |"


if __name__ == "__main__":
    PAGE.write_text(index(), encoding="utf-8", newline="\n")
