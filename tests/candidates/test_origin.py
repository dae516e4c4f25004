"""Where rows come from: what landed last feeds a dataset, ours or the publisher's own."""

import datetime as dt
import json
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.candidates.origin import described, in_use, rests
from orchestration.datasets import PORTAL, Dataset
from orchestration.quality.suite import read_suite
from orchestration.registry import followed_version
from tests.factories.small_state import land_deliveries

pytestmark = pytest.mark.usefixtures("data_folder")
PURCHASES = "moncompteformation_formations_engagees"
DAY, LATER = dt.date(2026, 3, 1), dt.date(2026, 3, 3)
OURS = (("dossiers", DAY), ("financements", DAY), ("certifications", DAY))
THEIRS = ("portail_achats", LATER)
FED = {
    "moncompteformation_catalogueformation": "portail",
    PURCHASES: "portail_achats",
    "moncompteformation_usagers": "portail_usagers",
    "entree_sortie_formation": "portail_entrees_sorties",
    # Drawn from the offer.
    "signaux_habilitation": "portail",
}


def test_the_four_public_exports_feed_a_dataset(datasets: dict[str, Dataset]) -> None:
    public = {name: x.as_published for name, x in datasets.items() if x.as_published}
    assert {name: form.sources for name, form in public.items()} == {
        name: ((source,),) for name, source in FED.items()
    }
    assert set(FED.values()) == set(settings.PUBLIC_EXPORTS)


@pytest.mark.parametrize("name", FED)
def test_the_public_form_says_the_same_columns_and_hides_nothing(
    name: str, datasets: dict[str, Dataset]
) -> None:
    ours, public = datasets[name], datasets[name].as_published
    assert public
    assert [(x.nom, x.type) for x in public.colonnes] == [(x.nom, x.type) for x in ours.colonnes]
    assert (public.nom, public.origin, public.seuil, public.plan) == (name, PORTAL, None, ())
    assert (public.register, public.person_column, public.tables) == (None, None, ())
    assert set(public.key) <= {column.nom for column in public.colonnes}
    # Its rules name columns that there are; those of a threshold are not among them.
    rules = read_suite(public).expectations
    assert rules
    assert not [rule.id for rule in rules if "seuil" in rule.id or "assez" in rule.id]


def test_what_landed_last_feeds_the_whole_dataset(datasets: dict[str, Dataset]) -> None:
    purchases = datasets[PURCHASES]
    land_deliveries(*OURS, THEIRS)
    public = in_use(purchases)
    assert (public.origin, public.rules) == (PORTAL, f"{PURCHASES}_portail")
    assert public.description.endswith(
        "Issues des données ouvertes du producteur du 2026-03-03 ; "
        "aucun contrôle de diffusion ajouté."
    )
    assert rests(datasets[f"{PURCHASES}_totaux"])
    land_deliveries(THEIRS, *OURS)
    assert in_use(purchases) is purchases
    assert not rests(datasets[f"{PURCHASES}_totaux"])
    # Another export feeds another dataset.
    land_deliveries(*OURS, ("portail_usagers", LATER))
    assert in_use(purchases) is purchases
    assert in_use(datasets["moncompteformation_usagers"]).origin == PORTAL


def test_nothing_landed_is_ours(datasets: dict[str, Dataset]) -> None:
    assert in_use(datasets[PURCHASES]) is datasets[PURCHASES]
    assert described(datasets[PURCHASES], None) is datasets[PURCHASES]


def _publish(folder: Path, version: str, before: str | None, *, public: bool) -> None:
    (folder / version).mkdir(parents=True)
    manifest = {
        "version": version,
        "version_precedente": before and {"version": before, "manifest_sha256": ""},
        **({"origine": PORTAL} if public else {}),
    }
    (folder / version / "manifest.json").write_text(json.dumps(manifest))
    pointer = {"version": version, "manifest_sha256": "", "publie_le": ""}
    (folder / "current.json").write_text(json.dumps(pointer))


def test_ours_follow_ours_past_public_versions(datasets: dict[str, Dataset]) -> None:
    """What persons a version is about is known of those made of dossiers only."""
    purchases = datasets[PURCHASES]
    folder = settings.publications(PURCHASES)
    assert followed_version(purchases) is None
    _publish(folder, "2026.3.1", None, public=True)
    assert followed_version(purchases) is None
    _publish(folder, "2026.3.2", "2026.3.1", public=False)
    assert followed_version(purchases) == "2026.3.2"
    _publish(folder, "2026.3.3", "2026.3.2", public=True)
    _publish(folder, "2026.3.4", "2026.3.3", public=True)
    assert followed_version(purchases) == "2026.3.2"
