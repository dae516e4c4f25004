"""A folder of public exports: each file for what it holds, with what is said beside it."""

import gzip
import json
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.generation.generator import generate_public
from orchestration.generation.scales import fraction
from orchestration.landing.land import land
from orchestration.landing.public_folder import deliveries
from tests.factories.csv_files import DOSSIER, OFFER, in_vault, text, write
from tests.factories.public_exports import ENTRY, PURCHASE, USER

MODELS = {
    "portail": OFFER,
    "portail_achats": PURCHASE,
    "portail_usagers": USER,
    "portail_entrees_sorties": ENTRY,
}


def test_each_file_is_of_the_source_that_it_holds(tmp_path: Path) -> None:
    for rank, model in enumerate(MODELS.values()):
        write(tmp_path / f"{rank}.csv", text([{}], model))
    write(tmp_path / ".cache", "a")
    found = list(deliveries(tmp_path))
    assert [(x.path.name, x.source) for x in found] == [
        (f"{rank}.csv", source) for rank, source in enumerate(MODELS)
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "a;b\n1;2\n"),
        ("b.csv", "<html>Erreur</html>"),
        ("dossiers.csv", text([{}], DOSSIER)),
    ],
)
def test_what_is_none_of_them_is_said_without_a_value(
    name: str, content: str, tmp_path: Path
) -> None:
    write(tmp_path / name, content)
    (found,) = deliveries(tmp_path)
    assert found.source is None
    assert name in found.problem
    assert DOSSIER["id_titulaire"] not in found.problem


def test_a_description_and_a_mapping_beside_a_file_are_its_own(tmp_path: Path) -> None:
    write(tmp_path / "u.csv.gz", gzip.compress(b"Effectif;Moment;Sexe\n12;2024-T1;F\n"))
    fields = [{"name": "nb_dossiers", "label": "Effectif"}]
    write(tmp_path / "u.json", json.dumps({"dataset_id": "usagers-x", "fields": fields}))
    write(tmp_path / "u.toml", 'jeu = "usagers"\n[colonnes]\n"Moment" = "trimestre_entree"\n')
    (found,) = deliveries(tmp_path)
    assert found.source == "portail_usagers", found.problem
    (report,) = land(found.source, [found.path], hints=found.hints)
    assert report.status == "atterri", report
    landed = in_vault(
        "select nb_dossiers, trimestre_entree, genre from coffre.atterrissage.portail_usagers"
    )
    assert landed == [(12, "2024-T1", "Femme")]


def test_the_mapping_of_a_folder_is_for_the_export_that_it_names(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", text([{}], PURCHASE))
    write(tmp_path / "u.csv", "Volume;Moment;Sexe\n12;2024-T1;F\n")
    write(
        tmp_path / "correspondance.toml",
        'jeu = "portail/usagers"\n[colonnes]\n'
        'nb_dossiers = "Volume"\ntrimestre_entree = "Moment"\n',
    )
    purchases, users = deliveries(tmp_path)
    assert (purchases.source, purchases.hints.pairs) == ("portail_achats", ())
    assert users.source == "portail_usagers", users.problem
    (report,) = land(users.source, [users.path], hints=users.hints)
    assert report.status == "atterri", report


def test_registers_beside_the_exports_are_known_by_what_they_hold(tmp_path: Path) -> None:
    generate_public(fraction(0.002), "2020-02", 7, tmp_path / "exports")
    for rank, path in enumerate(sorted((tmp_path / "exports").glob("*"))):
        path.rename(tmp_path / f"{rank}{path.suffix}")
    (tmp_path / "exports").rmdir()
    found = [delivery.source for delivery in deliveries(tmp_path)]
    assert sorted(map(str, found)) == sorted(
        ["certifications", "certifications", "organismes", *settings.PUBLIC_EXPORTS]
    )
