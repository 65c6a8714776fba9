"""The section on security: who can see and change what, as the files say it and as far as a witness saw it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from supa_deploy.model import Feature, Finding, ObjectKind, Report
from supa_deploy.render.checks import Mark
from supa_deploy.render.document import policies as policing
from supa_deploy.render.document.blocks import Code, Item, Line, Section, Small
from supa_deploy.render.document.pieces import MOST_BELOW, base, bullets, codes, cut, shown, sign
from supa_deploy.render.document.proof import Proof, proof
from supa_deploy.render.selection import worst_first
from supa_deploy.render.text import count, listing
from supa_deploy.schema import ForeignKey, Policy, RelationKind, Table

_MOST_FINDINGS = 20
_ROLES = ("public", "anon", "authenticated")


def security(report: Report) -> Section | None:
    """What the files of the report say of security; None without a feature and without findings about it."""
    items: list[Item] = []
    feature = report.feature
    if feature is not None:
        items.extend(_row_level(report, feature))
        items.extend(_policies(report, feature))
        items.extend(_foreign_keys(feature))
        items.extend(_grants(feature))
        items.extend(_functions(feature))
    items.extend(_findings(report))
    return Section("security", ("Security",), bullets(items)) if items else None


def policies_of(feature: Feature) -> list[tuple[Table, Policy]]:
    """Every policy that the files of the feature make, once, with its table."""
    found = {(t.name, p.name): (t, p) for t in feature.tables for p in t.policies.values()}
    for altered in feature.altered:
        for policy in altered.policies:
            found.setdefault((altered.table.name, policy.name), (altered.table, policy))
    return list(found.values())


def foreign_keys_of(feature: Feature) -> list[tuple[Table, ForeignKey]]:
    """Every foreign key that the files of the feature make, once, with its table."""
    found = {(t.name, k.name): (t, k) for t in feature.tables for k in t.foreign_keys.values()}
    for altered in feature.altered:
        for key in altered.foreign_keys:
            found.setdefault((altered.table.name, key.name), (altered.table, key))
    return list(found.values())


def _row_level(report: Report, feature: Feature) -> Iterable[Item]:
    tables = [table for table in feature.tables if table.kind is not RelationKind.FOREIGN]
    if not tables:
        return
    lacking = [table for table in tables if table.rls is None]
    having = [table for table in tables if table.rls is not None]
    said = proof(report, ObjectKind.RLS, [(t.name.schema, t.name.name, t.name.name) for t in having])
    if not lacking:
        which = f"All {len(tables):,} new tables have" if len(tables) > 1 else "The new table has"
        yield _item(said, f"{which} row-level security enabled: {said.says}.")
        return
    sure = all(table.uncertain is None for table in lacking) and feature.impact.sure
    public = any(table.name.schema == "public" for table in lacking)
    mark = Mark.NO if sure and public else Mark.WARN
    tail = "" if sure else " A file does what reading it cannot tell: it may be on after all."
    names = codes([shown(table.name) for table in lacking])
    without = f"{len(lacking):,} of {count(len(tables), 'new table')}"
    yield Item((sign(mark), f" {without} without row-level security: ", *names, f".{tail}"))
    if having:
        yield _item(said, f"{len(having):,} with row-level security: {said.says}.")


def _policies(report: Report, feature: Feature) -> Iterable[Item]:
    found = policies_of(feature)
    if not found:
        return
    own = [policy for _, policy in found]
    said = proof(report, ObjectKind.POLICY, [(t.name.schema, t.name.name, p.name) for t, p in found])
    scope = policing.scope(own)
    by_files = f" By the files {scope}." if scope else ""
    number = f"{count(len(own), 'policy')} ({', '.join(policing.commands(own))})"
    yield _item(said, f"{number}: {said.says}.{by_files}")
    wide = [(t, p) for t, p in found if policing.is_open(p)]
    if wide:
        yield _open("whose condition is always true: every row of the table for whoever has a grant", wide)
    visiting = [(t, p) for t, p in found if policing.for_visitors(p) and (t, p) not in wide]
    if visiting:
        yield _open("for everyone or for anon, by their condition", visiting)


def _open(said: str, found: Sequence[tuple[Table, Policy]]) -> Item:
    below: list[Line] = [
        (policing.open_words(shown(table.name), policy), " (", Code(cut(policy.name)), ")")
        for table, policy in found[:MOST_BELOW]
    ]
    if len(found) > MOST_BELOW:
        below.append((Small(f"… and {len(found) - MOST_BELOW:,} more"),))
    return Item((sign(Mark.WARN), f" {count(len(found), 'policy')} {said}."), tuple(below))


def _foreign_keys(feature: Feature) -> Iterable[Item]:
    found = foreign_keys_of(feature)
    if not found:
        return
    numbers = Counter(key.on_delete for _, key in found)
    actions = listing([f"{number:,} ON DELETE {action}" for action, number in numbers.most_common()])
    below: list[Line] = []
    for target, keys in _by_target([key for _, key in found]).items():
        kinds = Counter(key.on_delete for key in keys)
        words = listing([f"{number:,} {action}" for action, number in kinds.most_common()])
        below.append((Code(target), f": {count(len(keys), 'key')} ({words})"))
    mark = sign(Mark.YES, "as the files say")
    yield Item((mark, f" {count(len(found), 'foreign key')}: {actions}."), tuple(below[:MOST_BELOW]))


def _by_target(keys: Iterable[ForeignKey]) -> dict[str, list[ForeignKey]]:
    found: dict[str, list[ForeignKey]] = {}
    for key in keys:
        columns = f" ({', '.join(key.target_columns)})" if key.target_columns else ""
        found.setdefault(f"{shown(key.target)}{columns}", []).append(key)
    return found


def _grants(feature: Feature) -> Iterable[Item]:
    """What the files grant on new tables to the roles that come through the Data API."""
    for role in _ROLES:
        told: list[Line] = []
        for table in feature.tables:
            granted = table.grants.get(role)
            if granted:
                told.append((Code(shown(table.name)), f": {', '.join(sorted(granted))}"))
        if told:
            name = "everyone (public)" if role == "public" else role
            mark = Mark.MORE if role == "authenticated" else Mark.WARN
            says = "granted" if mark is Mark.MORE else "attention"
            more: list[Line] = (
                [(Small(f"… and {len(told) - MOST_BELOW:,} more"),)] if len(told) > MOST_BELOW else []
            )
            head: Line = (sign(mark, says), f" Granted to {name} on {count(len(told), 'new table')}:")
            yield Item(head, (*told[:MOST_BELOW], *more))


def _functions(feature: Feature) -> Iterable[Item]:
    definers = [f for file in feature.files for f in file.functions if f.security_definer]
    if definers:
        below: list[Line] = [
            (
                Code(cut(function.signature)),
                ": everyone may execute it" if function.public_execute else ": only who was granted it",
            )
            for function in definers[:MOST_BELOW]
        ]
        noun = count(len(definers), "SECURITY DEFINER function")
        yield Item((sign(Mark.WARN), f" {noun}: run with their owner's rights."), tuple(below))


def _findings(report: Report) -> Iterable[Item]:
    """What the rules about security found; the rules are loaded only where something was found."""
    if not report.findings:
        return
    from supa_deploy.rules.book import RULES
    from supa_deploy.rules.values import Topic

    found = [f for f in worst_first(report.findings) if _topic(RULES.get(f.rule)) is Topic.SECURITY]
    if found:
        below = [_finding(finding) for finding in found[:_MOST_FINDINGS]]
        if len(found) > _MOST_FINDINGS:
            below.append((Small(f"… and {len(found) - _MOST_FINDINGS:,} more"),))
        noun = count(len(found), "finding")
        yield Item((sign(Mark.WARN), f" {noun} of `check` about security:"), tuple(below))


def _topic(rule: object) -> object:
    return getattr(rule, "topic", None)


def _finding(finding: Finding) -> Line:
    return Code(f"{base(finding.file)}:{finding.line}"), f" {cut(finding.message)} (", Code(finding.rule), ")"


def _item(said: Proof, words: str) -> Item:
    return Item((sign(said.mark, said.says), f" {words}"))
