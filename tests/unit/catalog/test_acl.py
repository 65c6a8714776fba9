"""Privileges as PostgreSQL keeps them, read apart."""

import pytest

from supa_deploy.catalog.acl import privileges_by_role


def test_privileges_are_words_by_role_and_the_owner_s_own_are_left_out() -> None:
    items = ["postgres=arwdDxtm/postgres", "anon=rD/postgres", "anon=a/other", "=X/postgres"]
    assert privileges_by_role(items, "postgres") == {
        "anon": ("INSERT", "SELECT", "TRUNCATE"),
        "PUBLIC": ("EXECUTE",),
    }


def test_a_privilege_that_may_be_passed_on_says_so() -> None:
    assert privileges_by_role(["bob=r*w/postgres"], None) == {"bob": ("SELECT WITH GRANT OPTION", "UPDATE")}


@pytest.mark.parametrize(
    ("item", "role"),
    [('"a=b"=r/postgres', "a=b"), ('"say ""hi"""=r/postgres', 'say "hi"'), ('"x""=y"=r/p', 'x"=y')],
)
def test_a_role_may_have_any_name(item: str, role: str) -> None:
    assert privileges_by_role([item], "postgres") == {role: ("SELECT",)}


@pytest.mark.parametrize("item", ["", "nonsense", '"open'])
def test_what_is_no_access_list_is_refused(item: str) -> None:
    with pytest.raises(ValueError, match=r"aclitem|substring"):
        privileges_by_role([item], None)
