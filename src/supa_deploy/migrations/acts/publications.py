"""Publications and their members as acts."""

from collections.abc import Iterator

from supa_deploy.migrations.acts import targets
from supa_deploy.migrations.acts.values import Act, Deed
from supa_deploy.migrations.tree import Node

_DEEDS = {"AP_AddObjects": Deed.CREATE, "AP_DropObjects": Deed.DROP, "AP_SetObjects": Deed.ALTER}


def create_publication(node: Node) -> Iterator[Act]:
    """CREATE PUBLICATION."""
    name = node.text("pubname")
    yield Act(Deed.CREATE, "publication", "", name)
    yield from _members(node, name, Deed.CREATE)


def alter_publication(node: Node) -> Iterator[Act]:
    """ALTER PUBLICATION: its tables come and go, or its options change."""
    name = node.text("pubname")
    members = list(_members(node, name, _DEEDS.get(node.text("action"), Deed.ALTER)))
    yield from members or [Act(Deed.ALTER, "publication", "", name)]


def _members(node: Node, publication: str, deed: Deed) -> Iterator[Act]:
    for item in node.nodes("pubobjects"):
        table = item.child("pubtable")
        if table is None:
            yield Act(deed, "publication member", item.text("name"), publication, "*")
        else:
            about = targets.relation(table.child("relation"))
            yield Act(deed, "publication member", about.schema, publication, about.name)
