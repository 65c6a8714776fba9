"""What the files make besides tables: views, functions, types, others; what they drop; what reading cannot tell."""

from collections.abc import Iterable, Sequence

from supa_deploy.model import Feature, Other, Renamed
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Code, Inline, Item, Line, Section, Small
from supa_deploy.render.document.pieces import base, bullets, codes, cut, shown, sign
from supa_deploy.schema import Doubt, Dropped, DroppedKind, Function, UserType, View

_MOST = 12  # columns or labels in a line
_ON_TABLES = frozenset(
    {
        DroppedKind.FOREIGN_KEY,
        DroppedKind.CONSTRAINT,
        DroppedKind.INDEX,
        DroppedKind.POLICY,
        DroppedKind.TRIGGER,
    }
)


def sections(feature: Feature) -> Iterable[Section | None]:
    """A section for each kind that there is."""
    files = feature.files
    yield _section("views", "Views", [_view(found) for file in files for found in file.views])
    yield _section("functions", "Functions", [_function(found) for file in files for found in file.functions])
    yield _section("types", "Types", [_type(found) for file in files for found in file.types])
    yield _section("others", "Besides", [_other(found) for file in files for found in file.others])
    yield _section(
        "renamed", "What is renamed", [_renamed(found) for file in files for found in file.renamed]
    )
    yield _section(
        "dropped", "What is dropped", [_dropped(found) for file in files for found in file.dropped]
    )
    yield _section(
        "doubts", "What reading cannot tell", [_doubt(found) for file in files for found in file.doubts]
    )


def _section(key: str, title: str, items: Sequence[Item]) -> Section | None:
    return Section(key, (f"{title} ({len(items):,})",), bullets(items)) if items else None


def _view(view: View) -> Item:
    line: list[Inline] = ["materialized view " if view.materialized else "", Code(shown(view.name))]
    if view.columns:
        line += [": ", *codes(view.columns, _MOST)]
    if view.indexes:
        line.append(f"; indexes: {len(view.indexes):,}")
    return Item(_without_empty(line), _about(view.comment, view.uncertain))


def _function(function: Function) -> Item:
    inputs = (a.type for a in function.arguments if a.mode in {"in", "inout", "variadic"})
    signature = f"{shown(function.name)}({', '.join(inputs)})"
    line: list[Inline] = [f"{function.kind} ", Code(cut(signature))]
    if function.returns:
        line += [" returns ", Code(cut(function.returns))]
    line.append(f", {function.language}" if function.language else "")
    line.append(", SECURITY DEFINER" if function.security_definer else "")
    return Item(_without_empty(line), _about(function.comment, function.uncertain))


def _type(kind: UserType) -> Item:
    line: list[Inline] = [f"{kind.kind} ", Code(shown(kind.name))]
    if kind.labels:
        line += [": ", *codes(kind.labels, _MOST)]
    elif kind.attributes:
        line += [": ", *codes([f"{name} {of}" for name, of in kind.attributes.items()], _MOST)]
    elif kind.base:
        line += [" of ", Code(cut(kind.base))]
    return Item(_without_empty(line), _about(kind.comment, kind.uncertain))


def _other(found: Other) -> Item:
    on: Line = () if found.table is None else (" on ", Code(shown(found.table)))
    if found.kind == "publication" and found.table is not None:
        return Item((Code(shown(found.table)), " in publication ", Code(cut(found.name))))
    return Item((f"{found.kind} ", Code(cut(found.name.removeprefix("public."))), *on))


def _renamed(found: Renamed) -> Item:
    kind = found.kind.value.replace("_", " ")
    on: Line = () if found.table is None else (" on ", Code(shown(found.table)))
    old, new = found.old.removeprefix("public."), found.new.removeprefix("public.")
    return Item((f"{kind} ", Code(cut(old)), " is now ", Code(cut(new)), *on))


def _dropped(found: Dropped) -> Item:
    kind = found.kind.value.replace("_", " ")
    relation = shown(found.name)
    if found.member is None:
        name: Line = (Code(relation),)
    elif found.kind in _ON_TABLES:
        name = (Code(found.member), " on ", Code(relation))
    else:
        name = (Code(f"{relation}.{found.member}"),)
    place = f" ({base(found.origin.file)}:{found.origin.line})"
    return Item((sign(Mark.NO, "dropped"), f" {kind} ", *name, Small(place)))


def _doubt(found: Doubt) -> Item:
    line: list[Inline] = [sign(Mark.WARN), " ", Code(f"{base(found.origin.file)}:{found.origin.line}")]
    line.append(f" {cut(found.reason)}")
    if found.may_touch:
        line += ["; it may touch ", *codes(sorted(shown(name) for name in found.may_touch), _MOST)]
    else:
        line.append("; it may touch anything")
    return Item(tuple(line))


def _about(comment: str | None, uncertain: str | None) -> tuple[Line, ...]:
    below: list[Line] = [(cut(comment),)] if comment else []
    if uncertain:
        below.append((sign(Mark.WARN), f" {cut(uncertain)}"))
    return tuple(below)


def _without_empty(pieces: Iterable[Inline]) -> Line:
    return tuple(piece for piece in pieces if piece != "")
