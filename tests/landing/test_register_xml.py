"""One register as XML v4.1: the same tables as the CSV, and what only it tells of partners."""

import datetime as dt
import io
import resource
import zipfile
from pathlib import Path

import pytest

from orchestration.landing.intake.history import current
from orchestration.landing.land import LandingReport, land
from tests.factories.certifications_export import MEMBERS, export
from tests.factories.csv_files import in_vault, rejects, write

pytestmark = pytest.mark.usefixtures("data_folder")

RNCP = "export-fiches-rncp-v4-1-2026-02-02.zip"
RS = "export-fiches-rs-v4-1-2026-02-02.zip"
PARTNER = (
    "<PARTENAIRE><NOM_PARTENAIRE>ALYRA</NOM_PARTENAIRE><SIRET_PARTENAIRE>82815245400033"
    "</SIRET_PARTENAIRE><HABILITATION_PARTENAIRE>HABILITATION_ORGA_FORM</HABILITATION_PARTENAIRE>"
    "<ETAT_HABILITATION>Supprimé</ETAT_HABILITATION><DATE_ACTIF>01/02/2024</DATE_ACTIF>"
    "<DATE_DERNIERE_MODIFICATION_ETAT>03/04/2025</DATE_DERNIERE_MODIFICATION_ETAT></PARTENAIRE>"
)
CARD = (
    "<FICHE><ID_FICHE>1</ID_FICHE><NUMERO_FICHE>RNCP509</NUMERO_FICHE>"
    "<INTITULE>Agent &amp; vérificateur</INTITULE>"
    "<ABREGE><CODE>CAP</CODE><LIBELLE>Certificat d'aptitude</LIBELLE></ABREGE>"
    "<ETAT_FICHE>Publiée</ETAT_FICHE>"
    "<NOMENCLATURE_EUROPE><NIVEAU>NIV3</NIVEAU><INTITULE>Niveau 3</INTITULE></NOMENCLATURE_EUROPE>"
    "<ACTIVITES_VISEES>Un long texte</ACTIVITES_VISEES>"
    "<CODES_NSF><NSF><CODE>221w</CODE><INTITULE>Commerce</INTITULE></NSF></CODES_NSF>"
    "<FORMACODES><FORMACODE><CODE>42872</CODE><LIBELLE>Incendie</LIBELLE></FORMACODE></FORMACODES>"
    "<CODES_ROME><ROME><CODE>I1203</CODE><LIBELLE>Maintenance</LIBELLE></ROME></CODES_ROME>"
    "<CCN_1><NUMERO>3117</NUMERO><LIBELLE>Boulangerie</LIBELLE></CCN_1>"
    "<SI_JURY_VAE><ACTIF>Oui</ACTIF></SI_JURY_VAE><SI_JURY_FI><ACTIF>Non</ACTIF></SI_JURY_FI>"
    "<BLOCS_COMPETENCES><BLOC_COMPETENCES><CODE>RNCP509BC05</CODE><LIBELLE>UG2</LIBELLE>"
    "</BLOC_COMPETENCES></BLOCS_COMPETENCES>"
    "<NOUVELLES_CERTIFICATIONS><NOUVELLE_CERTIFICATION><ID_FICHE_NOUVELLE_CERTIFICATION>RNCP38228"
    "</ID_FICHE_NOUVELLE_CERTIFICATION></NOUVELLE_CERTIFICATION></NOUVELLES_CERTIFICATIONS>"
    "<CERTIFICATEURS><CERTIFICATEUR><SIRET_CERTIFICATEUR>11004301500012</SIRET_CERTIFICATEUR>"
    "<NOM_CERTIFICATEUR>MINISTERE</NOM_CERTIFICATEUR></CERTIFICATEUR></CERTIFICATEURS>"
    f"<PARTENAIRES>{PARTNER}</PARTENAIRES>"
    "<ACTIF>Oui</ACTIF><DATE_FIN_ENREGISTREMENT>31/08/2028</DATE_FIN_ENREGISTREMENT></FICHE>"
)


def _register(*cards: str) -> bytes:
    body = "".join(cards or (CARD,))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<FICHES>\n<VERSION_FLUX>4.1</VERSION_FLUX>{body}'
        "\n</FICHES>"
    ).encode()


def _zipped(content: bytes, name: str = "export_fiches_RNCP_V4_1_2026-02-02.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def _land(folder: Path, content: bytes, name: str = RNCP) -> LandingReport:
    return land("certifications", [write(folder / name, content)])[0]


def _rows(
    table: str, columns: str = "* exclude (_num, _fichier, _sha256, _date_extraction)"
) -> list[tuple[object, ...]]:
    return in_vault(f"select {columns} from coffre.atterrissage.certifications_{table}")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_card_lands_in_the_ten_tables(zipped: bool, tmp_path: Path) -> None:
    content = _zipped(_register()) if zipped else _register()
    report = _land(tmp_path, content, RNCP if zipped else "export_2026-02-02.xml")
    assert (report.status, report.atterris, report.rejetes) == ("atterri", len(MEMBERS), 0)
    columns = "numero_fiche, intitule, abrege_libelle, nomenclature_europe_niveau, actif"
    assert _rows("standard", columns) == [
        ("RNCP509", "Agent & vérificateur", "CAP", "NIV3", "ACTIVE")
    ]
    assert _rows("standard", "date_fin_enregistrement") == [(dt.date(2028, 8, 31),)]
    assert _rows("certificateurs") == [("RNCP509", "11004301500012", "MINISTERE")]
    assert _rows("partenaires") == [
        (
            *("RNCP509", "ALYRA", "82815245400033", "HABILITATION_ORGA_FORM", "Supprimé"),
            *(dt.date(2024, 2, 1), dt.date(2025, 4, 3)),
        )
    ]
    assert _rows("nsf") == [("RNCP509", "221w", "Commerce")]
    assert _rows("formacode") == [("RNCP509", "42872", "Incendie")]
    assert _rows("rome") == [("RNCP509", "I1203", "Maintenance")]
    assert _rows("ccn") == [("RNCP509", "3117", "Boulangerie", None, None, None, None)]
    assert _rows("voies_acces") == [("RNCP509", "Par expérience")]
    assert _rows("blocs_competences") == [("RNCP509", "RNCP509BC05", "UG2")]
    assert _rows("ancienne_nouvelle") == [("RNCP509", None, "RNCP38228")]


def test_each_register_is_read_from_the_newest_file_that_has_it(tmp_path: Path) -> None:
    other = export({"Nsf": MEMBERS["Nsf"][0] + '\r\n"RS5";"326";"x"\r\n"RNCP9";"326";"x"\r\n'})
    _land(tmp_path, other, "export-fiches-csv-2026-02-01.zip")
    assert [code for (code, *_) in _rows("nsf")] == ["RS5", "RNCP9"]
    _land(tmp_path, _zipped(_register()))
    assert sorted(str(code) for (code, *_) in _rows("nsf")) == ["RNCP509", "RS5"]
    assert [x.fichier for x in current("certifications")] == [
        "export-fiches-csv-2026-02-01.zip",
        RNCP,
    ]
    _land(tmp_path, _zipped(_register(CARD.replace("RNCP509", "RS77"))), RS)
    assert sorted(str(code) for (code, *_) in _rows("nsf")) == ["RNCP509", "RS77"]
    assert [x.fichier for x in current("certifications")] == [RNCP, RS]


@pytest.mark.parametrize(
    ("old", "new", "table", "column", "motif"),
    [
        (
            "<SIRET_PARTENAIRE>8281",
            "<SIRET_PARTENAIRE>X",
            "partenaires",
            "siret_partenaire",
            "siret",
        ),
        ("<CODE>221w", "<CODE>999", "nsf", "nsf_code", "nsf_inconnu"),
        ("<CODE>42872", "<CODE>4287A", "formacode", "formacode_code", "formacode_invalide"),
        ("<CODE>I1203", "<CODE>1203", "rome", "codes_rome_code", "rome_invalide"),
        ("01/02/2024", "31/02/2024", "partenaires", "date_actif", "date_invalide"),
        ("31/08/2028", "2028", "standard", "date_fin_enregistrement", "date_invalide"),
    ],
)
def test_an_odd_record_is_set_aside_alone(
    old: str, new: str, table: str, column: str, motif: str, tmp_path: Path
) -> None:
    report = _land(tmp_path, _zipped(_register(CARD.replace(old, new))))
    assert (report.status, report.atterris, report.rejetes) == ("atterri", len(MEMBERS) - 1, 1)
    (reject,) = rejects("certifications")
    assert (reject["colonne"], reject["detail"].split()[0]) == (column, f"({table})")
    assert reject["motif"].startswith(motif)
    assert reject["ligne"] == 3
    assert len(_rows(table)) == 0


def test_a_card_without_number_or_seen_twice_is_one_reject(tmp_path: Path) -> None:
    odd = CARD.replace("RNCP509</NUMERO", "509</NUMERO")
    report = _land(tmp_path, _zipped(_register(odd, CARD, CARD)))
    assert report.rejects_by_reason == {"code_invalide": 1, "doublon": 1}
    assert report.atterris == len(MEMBERS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_register()[:-20], "XML tronqué"),
        (_register().replace(b"</ETAT_FICHE>", b""), "XML mal formé"),
        (_register().replace(b"&amp;", b"&"), "« & » non échappé"),
        (b"<FICHES/>", "sans aucune fiche"),
        (b"<!DOCTYPE FICHES><FICHES/>", "DOCTYPE"),
    ],
    ids=["truncated", "broken", "ampersand", "empty", "doctype"],
)
def test_a_broken_register_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    report = _land(tmp_path, _zipped(content))
    assert report.status == "refuse"
    assert words in str(report.error)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_register(tmp_path: Path) -> None:
    def cards(count: int) -> bytes:
        partners = "".join(PARTNER.replace("82815245400033", f"{n:014}") for n in range(1, 21))
        card = CARD.replace(PARTNER, partners)
        return _register(*(card.replace("RNCP509", f"RNCP{n}") for n in range(1, count)))

    _land(tmp_path, _zipped(cards(500)), "export-fiches-rncp-v4-1-2026-02-01.zip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = _zipped(cards(5_000))
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = _land(tmp_path, content)
    assert len(_rows("partenaires")) == 4_999 * 20 == report.atterris - 4_999 * 9
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, made)
    assert grown < 150_000  # kB: the export is 60 MB of XML, ten times the first
