"""Judges types of the user's own by the columns that show them."""

from supa_deploy.model import Verdict
from supa_deploy.postgrest import Root, ShownColumn
from supa_deploy.postgrest.probes import RootProbe
from supa_deploy.schema import QName, UserType
from supa_deploy.verify.evidence import Evidence, Opinion, Question, Wait
from supa_deploy.verify.relations import shown_column
from supa_deploy.verify.shape import same_type
from supa_deploy.verify.words import confirmed, confirmed_in_part, not_checkable


def judge_type(
    evidence: Evidence, user_type: UserType, users: tuple[tuple[QName, str], ...]
) -> Opinion | None:
    """Does a column show the type, and an enum's labels? `users` are the columns that are promised to have it."""
    if user_type.kind == "domain":
        return not_checkable("the Data API shows the type below a domain, not the domain")
    if not users:
        return not_checkable("no column has this type, and the Data API shows types by their columns only")
    roots = {table.schema: evidence.root(table.schema) for table, _ in users}
    if any(root is None for root in roots.values()):
        return None
    shown = [
        column
        for table, name in users
        if (column := shown_column(roots[table.schema], table.name, name)) is not None
        and same_type(column.format or "", user_type.name)
    ]
    upon = tuple(Question(RootProbe(schema)) for schema, root in roots.items() if isinstance(root, Root))
    if not shown:
        return Opinion(Verdict.NOT_CHECKABLE, "no column shows it", Wait.CACHE if upon else None, upon)
    return _by_labels(user_type, shown, upon)


def _by_labels(user_type: UserType, shown: list[ShownColumn], upon: tuple[Question, ...]) -> Opinion:
    labels = next((column.enum for column in shown if column.enum), None)
    if not user_type.labels or labels == user_type.labels:
        return confirmed()
    if labels is None:
        return confirmed_in_part("its labels are not shown for arrays")
    lost = [label for label in user_type.labels if label not in labels]
    if lost:
        return Opinion(
            Verdict.MISMATCH, f"the API does not show the label {', '.join(lost)}", Wait.CACHE, upon
        )
    if len(labels) > len(user_type.labels):  # PostgREST mixes the labels of enums that share a name
        return confirmed(
            f"the API shows further labels: {', '.join(x for x in labels if x not in user_type.labels)}"
        )
    return Opinion(
        Verdict.MISMATCH, f"the API shows the labels in another order: {', '.join(labels)}", Wait.CACHE, upon
    )
