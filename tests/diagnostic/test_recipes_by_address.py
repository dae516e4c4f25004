"""Each address that a recipe of the cookbook gives answers, with something in it."""

import re

import pytest

from orchestration.site.cookbook import read_chapters
from tests.diagnostic.conftest import Get

pytestmark = pytest.mark.xdist_group("pages_du_diagnostic")
USERS = ("Organisme de formation", "Certificateur", "Financeur", "Région", "Presse", "Recherche")
RECIPES = {
    recipe.title.partition(" :")[0]: recipe
    for chapter in read_chapters()
    if chapter.title.endswith("pour chacun")
    for recipe in chapter.recipes
}
ADDRESSES = [
    (user, address)
    for user, recipe in RECIPES.items()
    for address in re.findall(r"`(/[^`]+)`", recipe.why)
]


def test_every_announced_user_has_a_recipe_and_an_address() -> None:
    assert tuple(RECIPES) == USERS
    assert {user for user, _ in ADDRESSES} == set(USERS)
    asked = " ".join(recipe.sql for recipe in RECIPES.values())
    for dataset in ("offre_et_demande", "signaux_habilitation", "chiffres_cles"):
        assert f"from {dataset}" in asked


@pytest.mark.parametrize(("user", "address"), ADDRESSES)
def test_an_address_answers(get: Get, user: str, address: str) -> None:
    answer = get(address)
    assert answer.status_code == 200, (user, answer.text)
    if "/api/" in address and "exports" not in address:
        # The small publications have no figure of a financer.
        assert "results" in answer.json()
        assert answer.json()["total_count"] > 0 or "financeur" in address
    elif address.partition("?")[0].endswith(".json"):
        assert answer.json()["lignes"]
    elif ".csv" in address:
        assert len(answer.text.splitlines()) > 1
    else:
        assert len(answer.content) > 1000
