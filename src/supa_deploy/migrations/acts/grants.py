"""GRANT, REVOKE, memberships and default privileges as acts, one for each object and role."""

from collections.abc import Iterator

from supa_deploy.migrations.acts import targets
from supa_deploy.migrations.acts.values import Act, Deed, Target
from supa_deploy.migrations.tree import Node


def grant(node: Node) -> Iterator[Act]:
    """GRANT or REVOKE privileges on objects: for each object and role one act; `name` is the object's own."""
    kind = targets.OBJECTS.get(node.text("objtype"), "object")
    deed = Deed.GRANT if node.flag("is_grant") else Deed.REVOKE
    privileges = _privileges(node)
    for item in node.nodes("objects"):
        if node.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
            about = Target(f"every {kind} of the schema", item.text("sval"), "*")
        else:
            about = targets.named(item, kind)
        for role in targets.roles(node.nodes("grantees")):
            yield Act(
                deed,
                about.object,
                about.schema,
                about.name,
                about.table,
                _words(deed, privileges, role),
                (role,),
                privileges,
            )


def _privileges(node: Node) -> tuple[str, ...]:
    found = []
    for item in node.nodes("privileges"):
        columns = item.strings("cols")
        inside = f" ({', '.join(columns)})" if columns else ""
        found.append((item.text("priv_name") or "all").upper() + inside)
    return tuple(found)


def _words(deed: Deed, privileges: tuple[str, ...], role: str) -> str:
    what = ", ".join(privileges) or "ALL"
    return f"{what} to {role}" if deed is Deed.GRANT else f"{what} from {role}"


def membership(node: Node) -> Iterator[Act]:
    """GRANT role TO role."""
    deed = Deed.GRANT if node.flag("is_grant") else Deed.REVOKE
    groups = ", ".join(item.text("priv_name") for item in node.nodes("granted_roles"))
    for role in targets.roles(node.nodes("grantee_roles")):
        yield Act(deed, "membership", "", groups, None, role, (role,))


def default_privileges(node: Node) -> Iterator[Act]:
    """ALTER DEFAULT PRIVILEGES: `schema` where it names one, `roles` whom it grants to, `name` whose
    objects of which kind (`postgres tables`)."""
    schemas: tuple[str, ...] = ("",)
    owners: tuple[str, ...] = ()
    for option in node.nodes("options"):
        if option.text("defname") == "schemas":
            schemas = option.strings("arg")
        elif option.text("defname") == "roles":
            owners = targets.roles(option.nodes("arg"))
    action = node.child("action")
    if action is None:
        return
    deed = Deed.GRANT if action.flag("is_grant") else Deed.REVOKE
    things = targets.OBJECTS.get(action.text("objtype"), "object") + "s"
    privileges = _privileges(action)
    for schema in schemas:
        for role in targets.roles(action.nodes("grantees")):
            about = f"{', '.join(owners) or '?'} {things}"
            words = _words(deed, privileges, role)
            yield Act(Deed.ALTER, "default privileges", schema, about, None, words, (role,), privileges)
