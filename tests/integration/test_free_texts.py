"""Persons written in the texts of the offer: landed as delivered, published by neither source."""

import csv
import io
import json
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import pytest

from orchestration.quality.reader import MASKS
from tests.factories import certifications_export, csv_files, edof_catalogue
from tests.factories.free_texts import CONTACTS, EMAILS, HARMLESS, PERSONS, TELEPHONES
from tests.integration.conftest import DATASETS, World

OFFER = DATASETS[0]
EMAIL, TELEPHONE, PERSON = MASKS.values()
AROUND = "Avant, {} ; après 35 heures."
EXPECTED = {
    **dict.fromkeys(EMAILS, EMAIL),
    **dict.fromkeys(TELEPHONES, TELEPHONE),
    **dict.fromkeys(PERSONS, PERSON),
    **{text: kept.format(PERSON) for text, kept in CONTACTS.items()},
    **{text: text for text in HARMLESS},
}
HIDDEN = [text for text, left in EXPECTED.items() if text != left]
TEXTS = (
    *("intitule_formation", "points_forts", "objectif_formation"),
    *("contenu_formation", "resultats_attendus_formation"),
)
LABELS = ("intitule_certification", "libelle_code_formacode_principal", "libelle_nsf_1")
# What EDOF calls the texts, and what stands for them in the small catalogue.
DELIVERED = {
    "intitule": "Prévention &amp; sécurité",
    "objectif": "<![CDATA[<ul><li>Un été</li></ul>]]>",
    "resultats_attendus": "Savoir",
    "contenu": "Cours",
    "points_forts": "Points forts",
}
BODY = "MARTIN ZOE, Mme Martin - 06 12 34 56 78"
PUBLIC_BODY = f"MARTIN ZOE, Mme Martin - {TELEPHONE}"
REGISTER = {
    "Standard": '"2";"RNCP40344";"Titre de zoe@exemple.fr"' + ";" * 13,
    "Formacode": '"RNCP40344";"46052";"46052 : PAO de Mme Martin"',
}


@pytest.fixture(scope="module")
def edof(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("textes_edof")
    numbers = [f"F{number}" for number in range(len(EXPECTED))] + ["zoe@exemple.fr"]
    formations = [
        edof_catalogue.formation(
            number, *((old, escape(AROUND.format(text))) for old in DELIVERED.values())
        )
        for number, text in zip(numbers, [*EXPECTED, HARMLESS[0]], strict=True)
    ]
    body = {
        "denomination": BODY,
        "siren": edof_catalogue.SIRET[:9],
        "siretEtablissementDeclarant": edof_catalogue.SIRET,
    }
    register = {name: certifications_export.content(name, more) for name, more in REGISTER.items()}
    deliveries = {
        "edof": ("edof.xml", edof_catalogue.catalog(*formations, encoding="utf-8")),
        "certifications": ("fiches.zip", certifications_export.export(register)),
        "organismes": ("of.csv", csv_files.text([body], csv_files.ORGANISME)),
    }
    return _published(folder, deliveries)


@pytest.fixture(scope="module")
def portail(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("textes_portail")
    columns = (*TEXTS, *LABELS)
    rows = [
        {"numero_formation": f"{csv_files.SIRET}_F{number}"}
        | dict.fromkeys(columns, AROUND.format(text))
        for number, text in enumerate(EXPECTED)
    ]
    long = f"06 12 34 56 78 {'x' * 240}"
    rows.append({"numero_formation": f"{csv_files.SIRET}_zoe@exemple.fr", "points_forts": long})
    model = csv_files.OFFER | dict.fromkeys((*columns, "nom_of"), "") | {"nom_of": BODY}
    model |= {"nom_departement": "Alpes-Maritimes", "nom_region": "Provence-Alpes-Côte d'Azur"}
    model |= {"code_nsf_1": "326"}
    return _published(folder, {"portail": ("portail.csv", csv_files.text(rows, model))})


def _published(folder: Path, deliveries: dict[str, tuple[str, str | bytes]]) -> World:
    world = World(folder / "data")
    for source, (name, content) in deliveries.items():
        world.cpf("land", source, str(csv_files.write(folder / name, content)))
    world.cpf("run", "--select", OFFER)
    return world


def _rows(world: World) -> dict[str, dict[str, str]]:
    answer = world.cpf("sql", "--csv", f"select * from {OFFER}").stdout
    rows = csv.DictReader(io.StringIO(answer, newline=""), delimiter=";")
    return {row["numero_formation"].partition("_")[2]: row for row in rows}


def _landed(world: World, source: str, table: str, column: str) -> set[str]:
    path = str(world.data / "atterrissage" / source / "*" / f"{table}.parquet")
    with duckdb.connect() as connection:
        return {row[0] for row in connection.read_parquet(path).project(column).fetchall()}


def _public_files(world: World) -> dict[str, str]:
    """Texts of all that is published, data and documents."""
    folder = world.data / "publications" / OFFER
    kinds = (".csv", ".jsonl", ".json", ".html")
    return {p.name: p.read_text("utf-8") for p in folder.rglob("*") if p.suffix in kinds}


@pytest.mark.xdist_group("textes_edof")
def test_the_texts_of_edof_are_published_without_persons(edof: World) -> None:
    for column in DELIVERED:
        assert {AROUND.format(text) for text in HIDDEN} <= _landed(
            edof, "edof", "formations", column
        )
    rows = _rows(edof)
    assert len(rows) == len(EXPECTED) + 1
    for number, left in enumerate(EXPECTED.values()):
        row = rows[f"F{number}"]
        assert {name: row[name] for name in TEXTS} == dict.fromkeys(TEXTS, AROUND.format(left))
    assert EMAIL in rows
    assert {row["nom_of"] for row in rows.values()} == {PUBLIC_BODY}
    labels = {tuple(row[name] for name in LABELS[:2]) for row in rows.values()}
    assert labels == {(f"Titre de {EMAIL}", f"PAO de {PERSON}")}


@pytest.mark.xdist_group("textes_portail")
def test_the_texts_of_the_portal_are_published_without_persons(portail: World) -> None:
    columns = (*TEXTS, *LABELS)
    for column in columns:
        assert {AROUND.format(text) for text in HIDDEN} <= _landed(
            portail, "portail", "catalogue", column
        )
    rows = _rows(portail)
    assert len(rows) == len(EXPECTED) + 1
    for number, left in enumerate(EXPECTED.values()):
        row = rows[f"F{number}"]
        assert {name: row[name] for name in columns} == dict.fromkeys(columns, AROUND.format(left))
    assert {row["nom_of"] for row in rows.values()} == {PUBLIC_BODY}
    # A mask may be longer than what it hides: the text is cut again.
    assert rows[EMAIL]["points_forts"] == TELEPHONE


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("edof", marks=pytest.mark.xdist_group("textes_edof")),
        pytest.param("portail", marks=pytest.mark.xdist_group("textes_portail")),
    ],
)
def test_no_file_holds_them_and_the_report_counts_them(
    source: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(source)
    files = _public_files(world)
    assert {f"{OFFER}.csv", f"{OFFER}.jsonl", "qualite.json", "qualite.html"} <= set(files)
    # The name of the body, public by law, is the only person there is.
    texts = [text.replace(PUBLIC_BODY, "") for text in files.values()]
    assert [text for text in HIDDEN if any(text in content for content in texts)] == []
    counts = json.loads(files["qualite.json"])["mesures"]["masques"]
    assert {kind: count >= 100 for kind, count in counts.items()} == dict.fromkeys(MASKS, True)
    assert "Textes masqués" in files["qualite.html"]
