"""Both witnesses together: every pair of verdicts, doubts, and what the shadow settles."""

from __future__ import annotations

import pytest

from supa_deploy.model import ObjectKind, Verdict, Witness
from supa_deploy.verify.catalog import Account
from supa_deploy.verify.evidence import Opinion
from supa_deploy.verify.witnesses import together

V, W = Verdict, Witness
_SAID = {V.CONFIRMED: None, V.MISSING: "the catalog does not have it", V.MISMATCH: "type a → b"}
_TABLE = [
    # the Data API's verdict, the catalog's, together, whose word it is, and what the detail holds
    (V.CONFIRMED, V.CONFIRMED, V.CONFIRMED, W.POSTGREST, "api"),
    (V.CONFIRMED, V.MISSING, V.MISSING, W.CATALOG, "the Data API shows it, the catalog does not"),
    (V.CONFIRMED, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b"),
    (V.CONFIRMED, V.NOT_CHECKABLE, V.CONFIRMED, W.POSTGREST, "api"),
    (V.MISSING, V.CONFIRMED, V.NOT_VISIBLE, W.POSTGREST, "the catalog has it, the Data API does not show it"),
    (V.MISSING, V.MISSING, V.MISSING, W.CATALOG, "the catalog does not have it either"),
    (V.MISSING, V.MISMATCH, V.MISMATCH, W.CATALOG, "and the Data API does not show it"),
    (V.MISSING, V.NOT_CHECKABLE, V.MISSING, W.POSTGREST, "api"),
    (V.NOT_VISIBLE, V.CONFIRMED, V.NOT_VISIBLE, W.POSTGREST, "its schema cache is stale"),
    (V.NOT_VISIBLE, V.MISSING, V.MISSING, W.CATALOG, "the catalog does not have it"),
    (V.NOT_VISIBLE, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b"),
    (V.NOT_VISIBLE, V.NOT_CHECKABLE, V.NOT_VISIBLE, W.POSTGREST, "api"),
    (V.MISMATCH, V.CONFIRMED, V.MISMATCH, W.POSTGREST, "the Data API shows it otherwise"),
    (V.MISMATCH, V.MISSING, V.MISSING, W.CATALOG, "the Data API shows it, the catalog does not"),
    (V.MISMATCH, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b"),
    (V.MISMATCH, V.NOT_CHECKABLE, V.MISMATCH, W.POSTGREST, "api"),
    (V.NOT_GRANTED, V.CONFIRMED, V.NOT_GRANTED, W.POSTGREST, "api; the catalog confirms it"),
    (V.NOT_GRANTED, V.MISSING, V.MISSING, W.CATALOG, "the Data API shows it, the catalog does not"),
    (V.NOT_GRANTED, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b; api"),
    (V.NOT_GRANTED, V.NOT_CHECKABLE, V.NOT_GRANTED, W.POSTGREST, "api"),
    (V.NOT_EXPOSED, V.CONFIRMED, V.NOT_EXPOSED, W.POSTGREST, "api; the catalog confirms it"),
    (V.NOT_EXPOSED, V.MISSING, V.MISSING, W.CATALOG, "the catalog does not have it"),
    (V.NOT_EXPOSED, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b"),
    (V.NOT_EXPOSED, V.NOT_CHECKABLE, V.NOT_EXPOSED, W.POSTGREST, "api"),
    (V.NOT_CHECKABLE, V.CONFIRMED, V.CONFIRMED, W.CATALOG, ""),
    (V.NOT_CHECKABLE, V.MISSING, V.MISSING, W.CATALOG, "the catalog does not have it"),
    (V.NOT_CHECKABLE, V.MISMATCH, V.MISMATCH, W.CATALOG, "type a → b"),
    (V.NOT_CHECKABLE, V.NOT_CHECKABLE, V.NOT_CHECKABLE, W.NONE, "api; no `db query`"),
]


def _account(verdict: Verdict, *, proven: bool = False) -> Account:
    return Account(verdict, _SAID.get(verdict, "no `db query`"), proven=proven)


def test_the_table_has_every_pair() -> None:
    said = (*_SAID, V.NOT_CHECKABLE)
    assert {(seen, says) for seen, says, *_ in _TABLE} == {(seen, says) for seen in V for says in said}


@pytest.mark.parametrize(("seen", "said", "verdict", "witness", "words"), _TABLE)
@pytest.mark.parametrize("proven", [True, False], ids=["shadow", "no shadow"])
def test_two_witnesses_give_one_verdict(
    seen: Verdict, said: Verdict, verdict: Verdict, witness: Witness, words: str, proven: bool
) -> None:
    judged = together(Opinion(seen, "api"), _account(said, proven=proven))
    assert (judged.verdict, judged.witness) == (verdict, witness)
    assert words in (judged.detail or "")


@pytest.mark.parametrize("seen", list(V))
def test_without_a_second_witness_the_first_one_stands(seen: Verdict) -> None:
    judged = together(Opinion(seen, "api"))
    assert (judged.verdict, judged.detail) == (seen, "api")
    assert judged.witness is (W.NONE if seen is V.NOT_CHECKABLE else W.POSTGREST)


@pytest.mark.parametrize("seen", list(V))
def test_a_promise_that_the_files_do_not_keep_is_none(seen: Verdict) -> None:
    void = Account(V.NOT_CHECKABLE, "the files do not leave it so", void=True)
    judged = together(Opinion(seen, "api"), void, doubt="a DO block")
    assert (judged.verdict, judged.witness, judged.detail) == (V.NOT_CHECKABLE, W.NONE, void.detail)


def test_the_catalog_is_the_witness_of_what_the_api_saw_in_part() -> None:
    judged = together(Opinion(V.CONFIRMED, "its type was not compared", in_part=True), _account(V.CONFIRMED))
    assert (judged.verdict, judged.witness, judged.detail) == (V.CONFIRMED, W.CATALOG, None)
    alone = together(Opinion(V.CONFIRMED, "its type was not compared", in_part=True))
    assert (alone.witness, alone.detail) == (W.POSTGREST, "its type was not compared")


def test_an_api_that_gave_no_answer_is_told_beside_the_catalogs_confirmation() -> None:
    judged = together(Opinion(V.NOT_CHECKABLE, "no answer: 503", unavailable="503"), _account(V.CONFIRMED))
    assert (judged.verdict, judged.witness) == (V.CONFIRMED, W.CATALOG)
    assert judged.detail == "the catalog has it; no answer: 503"


@pytest.mark.parametrize(
    ("seen", "said", "proven", "verdict"),
    [
        (V.MISSING, V.NOT_CHECKABLE, False, V.NOT_CHECKABLE),
        (V.NOT_VISIBLE, V.NOT_CHECKABLE, False, V.NOT_CHECKABLE),
        (V.MISMATCH, V.NOT_CHECKABLE, False, V.NOT_CHECKABLE),
        (V.NOT_CHECKABLE, V.MISSING, False, V.NOT_CHECKABLE),
        (V.MISSING, V.MISSING, False, V.NOT_CHECKABLE),
        (V.MISMATCH, V.MISMATCH, False, V.NOT_CHECKABLE),
        (V.MISSING, V.CONFIRMED, False, V.CONFIRMED),
        (V.CONFIRMED, V.MISMATCH, False, V.CONFIRMED),
        (V.MISSING, V.NOT_CHECKABLE, True, V.MISSING),
        (V.NOT_VISIBLE, V.NOT_CHECKABLE, True, V.NOT_VISIBLE),
        (V.MISSING, V.CONFIRMED, True, V.NOT_VISIBLE),
        (V.MISSING, V.MISSING, True, V.MISSING),
        (V.NOT_CHECKABLE, V.MISMATCH, True, V.MISMATCH),
        # the API's mismatch was held against the static reading, which the DO block may have changed
        (V.MISMATCH, V.CONFIRMED, True, V.CONFIRMED),
        (V.MISMATCH, V.NOT_CHECKABLE, True, V.NOT_CHECKABLE),
    ],
)
def test_a_doubt_is_no_proof_until_a_shadow_has_settled_it(
    seen: Verdict, said: Verdict, proven: bool, verdict: Verdict
) -> None:
    judged = together(Opinion(seen, "api"), _account(said, proven=proven), doubt="DO block (f.sql:1)")
    assert judged.verdict is verdict
    if verdict is V.NOT_CHECKABLE:
        assert "DO block (f.sql:1)" in (judged.detail or "")


@pytest.mark.parametrize(
    ("seen", "said", "verdict", "words"),
    [
        (V.CONFIRMED, V.CONFIRMED, V.CONFIRMED, "api"),
        (V.CONFIRMED, V.MISMATCH, V.MISMATCH, "the catalog has it, the Data API does not show it"),
        (
            V.MISMATCH,
            V.CONFIRMED,
            V.MISMATCH,
            "the catalog does not have it any more, the Data API still shows it",
        ),
        (V.MISMATCH, V.MISMATCH, V.MISMATCH, "type a → b"),
        (V.NOT_CHECKABLE, V.CONFIRMED, V.CONFIRMED, ""),
    ],
)
def test_what_was_dropped_has_words_of_its_own(
    seen: Verdict, said: Verdict, verdict: Verdict, words: str
) -> None:
    judged = together(Opinion(seen, "api"), _account(said), dropped=True)
    assert judged.verdict is verdict
    assert words in (judged.detail or "")


def test_a_policy_that_breaks_for_visitors_does_so_though_the_catalog_has_it_as_promised() -> None:
    judged = together(Opinion(V.MISMATCH, "42P17"), _account(V.CONFIRMED), kind=ObjectKind.POLICY)
    assert (judged.verdict, judged.witness) == (V.MISMATCH, W.POSTGREST)
    assert judged.detail == "42P17; the catalog has the policy as the files say"
    both = together(Opinion(V.MISMATCH, "42P17"), _account(V.MISMATCH), kind=ObjectKind.POLICY)
    assert both.detail == "42P17; type a → b"
