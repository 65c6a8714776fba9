"""The Data API's verdict and the catalog's, taken together (pure)."""

from dataclasses import dataclass, replace

from supa_deploy.model import ObjectKind, Verdict, Witness
from supa_deploy.verify.catalog import MISSING, Account
from supa_deploy.verify.evidence import Opinion
from supa_deploy.verify.words import RELOAD

_NOT_SEEN = frozenset({Verdict.MISSING, Verdict.NOT_VISIBLE})
_PRIVATE = frozenset({Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED})
_SHOWN = frozenset({Verdict.CONFIRMED, Verdict.NOT_GRANTED, Verdict.MISMATCH})
_STALE = f"its schema cache is stale (run {RELOAD};) or it serves another database"
_SILENT = Account(Verdict.NOT_CHECKABLE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of one promise, by which witness, and what there is to tell."""

    verdict: Verdict
    witness: Witness
    detail: str | None = None


def together(
    seen: Opinion,
    said: Account | None = None,
    *,
    doubt: str | None = None,
    kind: ObjectKind = ObjectKind.TABLE,
    dropped: bool = False,
) -> Judgement:
    """The verdict of both witnesses. `seen` is the Data API's, `said` the catalog's (None: nobody asked it).

    | Data API | catalog | together | witness |
    | --- | --- | --- | --- |
    | anything | the files, replayed, do not keep the promise | not_checkable | none |
    | anything | says nothing | the Data API's | postgrest |
    | not_checkable | anything | the catalog's | catalog |
    | confirmed | confirmed | confirmed | postgrest; catalog where the Data API saw a part only |
    | confirmed, not_granted, mismatch | missing | missing: they disagree | catalog |
    | not_granted, not_exposed | confirmed | as the Data API says | postgrest |
    | missing, not_visible | confirmed | not_visible: they disagree | postgrest |
    | missing, not_visible, not_exposed | missing | missing | catalog |
    | mismatch | confirmed | mismatch: they disagree | postgrest |
    | anything | mismatch | mismatch | catalog |

    `doubt` is why static reading is not sure of the promise: a failure is no proof then, unless the shadow has shown
    that the files keep the promise. `kind` and `dropped` choose the words.
    """
    said = said or _SILENT
    if said.void:
        return Judgement(Verdict.NOT_CHECKABLE, Witness.NONE, said.detail)
    if doubt:
        seen, said = _doubted(seen, said, doubt, dropped=dropped)
    if said.verdict is Verdict.NOT_CHECKABLE:
        return _alone(seen, said)
    if seen.verdict is Verdict.NOT_CHECKABLE:
        reservation = f"the catalog has it; {seen.detail}" if seen.unavailable else None
        return Judgement(said.verdict, Witness.CATALOG, said.detail or reservation)
    if said.verdict is Verdict.CONFIRMED:
        return _upheld(seen, said, kind, dropped=dropped)
    if said.verdict is Verdict.MISSING:
        return Judgement(Verdict.MISSING, Witness.CATALOG, _missing(seen, said))
    return Judgement(Verdict.MISMATCH, Witness.CATALOG, _unlike(seen, said, kind, dropped=dropped))


def _doubted(seen: Opinion, said: Account, doubt: str, *, dropped: bool) -> tuple[Opinion, Account]:
    """What is left of failures when the files are not sure. Once the shadow has settled what they do, what is not
    there is a failure again; the Data API's mismatch is not, for it was held against the static reading."""
    settled = said.proven and (dropped or seen.verdict in _NOT_SEEN)
    if seen.verdict.is_failure and not settled:
        words = f"{doubt}, so what the API says is no proof: {seen.detail}"
        seen = replace(seen, verdict=Verdict.NOT_CHECKABLE, detail=words)
    if said.verdict.is_failure and not said.proven:
        words = f"{doubt}, so what the catalog says is no proof: {said.detail}"
        said = Account(Verdict.NOT_CHECKABLE, words)
    return seen, said


def _alone(seen: Opinion, said: Account) -> Judgement:
    if seen.verdict is not Verdict.NOT_CHECKABLE:
        return Judgement(seen.verdict, Witness.POSTGREST, seen.detail)
    return Judgement(Verdict.NOT_CHECKABLE, Witness.NONE, _joined(seen.detail, said.detail))


def _upheld(seen: Opinion, said: Account, kind: ObjectKind, *, dropped: bool) -> Judgement:
    """The catalog has it as promised (or it is gone as promised); what does the Data API's verdict come to?"""
    if seen.verdict is Verdict.CONFIRMED:
        if seen.in_part:
            return Judgement(Verdict.CONFIRMED, Witness.CATALOG, said.detail)
        return Judgement(Verdict.CONFIRMED, Witness.POSTGREST, seen.detail)
    if seen.verdict in _PRIVATE:
        return Judgement(seen.verdict, Witness.POSTGREST, _joined(seen.detail, "the catalog confirms it"))
    if seen.verdict in _NOT_SEEN:
        words = f"the catalog has it, the Data API does not show it: {_STALE}; it says: {seen.detail}"
        return Judgement(Verdict.NOT_VISIBLE, Witness.POSTGREST, words)
    if dropped:
        words = f"the catalog does not have it any more, the Data API still shows it: {_STALE}"
    elif kind is ObjectKind.POLICY:  # it is there, and it breaks
        words = _joined(seen.detail, "the catalog has the policy as the files say") or ""
    else:
        words = f"the catalog has it as promised, the Data API shows it otherwise: {_STALE}; {seen.detail}"
    return Judgement(Verdict.MISMATCH, Witness.POSTGREST, words)


def _missing(seen: Opinion, said: Account) -> str:
    if seen.verdict in _SHOWN:
        words = f"the Data API shows it, the catalog does not: {_STALE}"
        return words if seen.detail is None else f"{words}; it says: {seen.detail}"
    if seen.verdict is Verdict.MISSING:
        return _joined(seen.detail, "the catalog does not have it either") or MISSING
    return said.detail or MISSING


def _unlike(seen: Opinion, said: Account, kind: ObjectKind, *, dropped: bool) -> str | None:
    if dropped and seen.verdict is Verdict.CONFIRMED:
        return _joined(said.detail, f"the catalog has it, the Data API does not show it: {_STALE}")
    if seen.verdict is Verdict.MISMATCH:
        return _joined(seen.detail, said.detail) if kind is ObjectKind.POLICY else said.detail
    if seen.verdict in _NOT_SEEN:
        return _joined(said.detail, f"and the Data API does not show it: {seen.detail}")
    return _joined(said.detail, seen.detail) if seen.verdict in _PRIVATE else said.detail


def _joined(*parts: str | None) -> str | None:
    return "; ".join(part.removesuffix(";") for part in parts if part) or None
