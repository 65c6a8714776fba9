"""What squawk (https://squawkhq.com, a linter for migrations that comes as a binary) finds, as findings of ours.

Squawk looks at one file at a time and knows no other: what the files before made, and that a table is new, is added
here. Its comments `-- squawk-ignore RULE` in a file are heeded by squawk itself.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from supa_deploy.migrations import Statement
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.squawk.locks import TIMEOUT
from supa_deploy.rules.squawk.mapping import MAPPED, RULES, WISHES
from supa_deploy.rules.squawk.subject import Subjects
from supa_deploy.rules.squawk.words import Squawked, Violation
from supa_deploy.rules.values import Found

if TYPE_CHECKING:
    from supa_deploy.rules.squawk.running import Running


def begin(workdir: Path, files: Sequence[str], seconds: float, path: str | None = None) -> "Running":
    """Starts squawk on files of a project (relative to `workdir`, as `Migration.file`), with so many seconds for all.

    Never raises for what it meets: `result()` and `of(file)` give what there is. To be used in a `with` block. `path`
    is the environment's PATH, where the binary is looked for last.
    """
    from supa_deploy.rules.squawk.locate import locate
    from supa_deploy.rules.squawk.running import Running

    return Running(workdir, files, locate(path), WISHES, seconds)


def found(sight: Sight, statement: Statement, violations: Sequence[Violation]) -> Iterable[Found]:
    """Squawk's words about one statement as ours."""
    subjects: Subjects | None = None
    only_new = False
    for violation in violations:
        if violation.rule == TIMEOUT:
            sight.told.add(TIMEOUT)
            continue
        mapped = MAPPED.get(violation.rule)
        if mapped is None or (mapped.once and mapped.rule.id in sight.told):
            continue
        if subjects is None:
            subjects = Subjects(sight, statement)
            only_new = subjects.touches_only_new()
        if only_new and not mapped.on_new:
            continue
        byte = max(sight.script.source.byte(violation.line, violation.column), statement.start)
        subject = subjects.at(byte)
        if mapped.quiet and mapped.quiet(subject):
            continue
        if mapped.once:
            sight.told.add(mapped.rule.id)
        yield Found(
            mapped.rule, byte, mapped.says.format(target=subject.target or "it", name=subject.name or "it")
        )


__all__ = ["RULES", "Squawked", "Violation", "begin", "found"]
