"""IF NOT EXISTS, IF EXISTS and OR REPLACE, where the statement can say it."""

from supa_deploy.migrations import lexer
from supa_deploy.migrations.lexer import Token
from supa_deploy.rules.fixing.place import Edit, Place, after_words, name_end

_CREATED: dict[str, tuple[str, ...]] = {
    "CreateExtensionStmt": ("EXTENSION",),
    "CreateForeignServerStmt": ("SERVER",),
    "CreateForeignTableStmt": ("FOREIGN", "TABLE"),
    "CreateSchemaStmt": ("SCHEMA",),
    "CreateSeqStmt": ("SEQUENCE",),
    "CreateStatsStmt": ("STATISTICS",),
    "CreateStmt": ("TABLE",),
    "CreateUserMappingStmt": ("USER", "MAPPING"),
    "DefineStmt": ("COLLATION",),
    "IndexStmt": ("INDEX",),
}
_REPLACED = frozenset(
    {"CreateFunctionStmt", "CreatePLangStmt", "CreateTrigStmt", "DefineStmt", "RuleStmt", "ViewStmt"}
)
_DROPPED: dict[str, tuple[str, ...]] = {
    "DropRoleStmt": ("ROLE", "USER", "GROUP"),
    "DropSubscriptionStmt": ("SUBSCRIPTION",),
    "DropUserMappingStmt": ("MAPPING",),
    "OBJECT_ACCESS_METHOD": ("METHOD",),
    "OBJECT_EVENT_TRIGGER": ("TRIGGER",),
    "OBJECT_FDW": ("WRAPPER",),
    "OBJECT_FOREIGN_SERVER": ("SERVER",),
    "OBJECT_FOREIGN_TABLE": ("TABLE",),
    "OBJECT_MATVIEW": ("VIEW",),
    "OBJECT_OPCLASS": ("CLASS",),
    "OBJECT_OPFAMILY": ("FAMILY",),
    "OBJECT_STATISTIC_EXT": ("STATISTICS",),
    "OBJECT_TSCONFIGURATION": ("CONFIGURATION",),
    "OBJECT_TSDICTIONARY": ("DICTIONARY",),
    "OBJECT_TSPARSER": ("PARSER",),
    "OBJECT_TSTEMPLATE": ("TEMPLATE",),
}
_HEAD_WORDS = 6  # tokens within which a statement names the kind of its object


def create(place: Place) -> list[Edit]:
    """CREATE … IF NOT EXISTS; nothing for an index without a name and a schema with objects inside."""
    tree, tokens = place.statement.tree, place.tokens
    kind = place.statement.kind
    words = _CREATED.get(kind)
    if kind == "CreateTableAsStmt":
        words = ("MATERIALIZED", "VIEW") if tree.text("objtype") == "OBJECT_MATVIEW" else ("TABLE",)
    cannot = (
        (kind == "IndexStmt" and not tree.has("idxname"))
        or (kind == "CreateStatsStmt" and not tree.has("defnames"))
        or tree.has("schemaElts")
    )
    found = after_words(tokens[:_HEAD_WORDS], *words) if words is not None and not cannot else None
    if found is None:
        return []
    following = tokens[tokens.index(found) + 1]
    found = following if kind == "IndexStmt" and following.text == "CONCURRENTLY" else found
    return _insert(place, found, "IF NOT EXISTS")


def replace(place: Place) -> list[Edit]:
    """CREATE OR REPLACE. It does on a first run what CREATE does, and on a second one the same definition again."""
    if place.statement.kind not in _REPLACED:
        return []
    return _insert(place, place.tokens[0], "OR REPLACE")


def drop(place: Place) -> list[Edit]:
    """DROP … IF EXISTS, also of what hangs on a table."""
    tokens = place.tokens
    if tokens[0].text == "ALTER":
        return _drop_part(place, tokens)
    if tokens[0].text != "DROP":
        return []
    space = place.statement.tree.text("removeType") or place.statement.kind
    words = _DROPPED.get(space) or (space.removeprefix("OBJECT_"),)
    kind = next((token for token in tokens[1:_HEAD_WORDS] if token.text in words), None)
    if kind is None:
        return []
    following = tokens[tokens.index(kind) + 1]
    return _insert(place, following if following.text == "CONCURRENTLY" else kind, "IF EXISTS")


def _drop_part(place: Place, tokens: list[Token]) -> list[Edit]:
    """IF EXISTS in the command of an ALTER that the finding points at."""
    command = _command(place, tokens)
    if not command:
        return []
    at = next((index for index, token in enumerate(command) if token.text == "DROP"), None)
    if at is None or at + 1 >= len(command):
        return []
    following = command[at + 1]
    said = (
        following
        if following.text in {"COLUMN", "CONSTRAINT", "ATTRIBUTE", "IDENTITY", "EXPRESSION"}
        else None
    )
    return _insert(place, said or command[at], "IF EXISTS")


def add_column(place: Place) -> list[Edit]:
    """ADD COLUMN IF NOT EXISTS; an attribute of a type cannot say it."""
    if place.statement.tree.text("objtype") == "OBJECT_TYPE":
        return []
    command = _command(place, place.tokens)
    if not command or command[0].text != "ADD" or len(command) < 2:
        return []
    said = command[1] if command[1].text == "COLUMN" else command[0]
    return _insert(place, said, "IF NOT EXISTS")


def add_value(place: Place) -> list[Edit]:
    """ADD VALUE IF NOT EXISTS."""
    found = after_words(place.tokens, "ADD", "VALUE")
    return _insert(place, found, "IF NOT EXISTS") if found is not None else []


def _insert(place: Place, after: Token, words: str) -> list[Edit]:
    return [Edit(after.end, f" {place.cased(words)}")]


def _command(place: Place, tokens: list[Token]) -> list[Token]:
    """The tokens of the command of an ALTER that the finding points at, its table's name left out."""
    statement = place.statement
    if tokens[0].text != "ALTER":
        return []
    ranges = lexer.split_list(place.data, statement.start, statement.end)
    first, last = next(
        ((first, last) for first, last in ranges if first <= place.byte <= last),
        (statement.start, statement.end),
    )
    command = [token for token in tokens if first <= token.start < last]
    return command[_head(command) :] if first == statement.start else command


def _head(tokens: list[Token]) -> int:
    """Behind `ALTER TABLE IF EXISTS ONLY schema.name *`."""
    kinds = {"TABLE", "VIEW", "TYPE", "DOMAIN", "INDEX", "SEQUENCE"}
    index = next((at for at, token in enumerate(tokens[:4]) if token.text in kinds), 0) + 1
    if index + 1 < len(tokens) and tokens[index].text == "IF" and tokens[index + 1].text == "EXISTS":
        index += 2
    if index + 1 < len(tokens) and tokens[index].text == "ONLY":
        index += 1
    index = name_end(tokens, index) + 1
    return index + 1 if index < len(tokens) and tokens[index].text == "*" else index
