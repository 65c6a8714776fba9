"""What counts as production."""

import pytest

from supa_deploy.consent import is_production


@pytest.mark.parametrize(
    "name", ["production", "prod", "Production", "prod-eu", "acme production", "eu_prod", "PROD2"]
)
def test_production_by_any_spelling(name: str) -> None:
    assert is_production(name)


@pytest.mark.parametrize(
    "name", [None, "", "staging", "product-catalog", "reproduction", "productions", "prodigy"]
)
def test_other_names(name: str | None) -> None:
    assert not is_production(name)
