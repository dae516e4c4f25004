"""A small export of the RNCP/RS register that lands, for the tests of the landing to break."""

import io
import zipfile
from collections.abc import Iterable, Mapping

DATE = "2024_02_22"
STANDARD = (
    "Id_Fiche;Numero_Fiche;Intitule;Abrege_Libelle;Abrege_Intitule;Nomenclature_Europe_Niveau;"
    "Nomenclature_Europe_Intitule;Accessible_Nouvelle_Caledonie;Accessible_Polynesie_Francaise;"
    "Date_dernier_jo;Date_Decision;Date_Fin_Enregistrement;Date_Effet;Type_Enregistrement;"
    "Validation_Partielle;Actif"
)
CERTIFICATION_CARD = (
    '"1";"RNCP509";"Agent ""extincteurs""";;"CAP";"NIV3";"Niveau 3";"Non";"Non";;"01/02/2020";'
    '"31/08/2023";;"Enregistrement de droit";;"ACTIVE"'
)
# File name between the prefix and the date → header and records.
MEMBERS = {
    "Standard": (STANDARD, CERTIFICATION_CARD),
    "Certificateurs": (
        "Numero_Fiche;Siret_Certificateur;Nom_Certificateur",
        '"RNCP509";"\t11004301500012";"MINISTERE"',
    ),
    "Partenaires": (
        "Numero_Fiche;Nom_Partenaire;Siret_Partenaire;Habilitation_Partenaire",
        '"RNCP509";"ALYRA";"\t82815245400033";"HABILITATION_ORGA_FORM"',
    ),
    "Nsf": ("Numero_Fiche;Nsf_Code;Nsf_Intitule", '"RNCP509";"221w";"221w : Commerce"'),
    "Formacode": (
        "Numero_Fiche;Formacode_Code;Formacode_Libelle",
        '"RNCP509";"42872";"42872 : Sécurité incendie"',
    ),
    "Rome": (
        "Numero_Fiche;Codes_Rome_Code;Codes_Rome_Libelle",
        '"RNCP509";"I1203";"Maintenance d\'\'affaires"',
    ),
    "CCN": (
        "Numero_Fiche;Ccn_1_Numero;Ccn_1_Libelle;Ccn_2_Numero;Ccn_2_Libelle;Ccn_3_Numero;"
        "Ccn_3_Libelle",
        '"RNCP509";"3117";"Boulangerie";;;;',
    ),
    "Blocs_De_Compétences": (
        "Numero_Fiche;Bloc_Competences_Code;Bloc_Competences_Libelle",
        '"RNCP509";"RNCP509BC05";"UG2 :\r\nphysique ; chimie"',
    ),
    "VoixdAccès": ("Numero_Fiche;Si_Jury", '"RNCP509";"Par expérience"'),
    "Ancienne_Nouvelle_Certification": (
        "Numero_Fiche;Ancienne_Certification;Nouvelle_Certification",
        '"RNCP509";;"RNCP38228"',
    ),
}


def content(name: str, *more: str) -> str:
    """Text of one member: its header, its usual record, then more records."""
    return "".join(f"{line}\r\n" for line in (*MEMBERS[name], *more))


def export(
    changes: Mapping[str, str | bytes] | None = None,
    *,
    without: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
) -> bytes:
    """Bytes of a zip of the ten files: ``changes`` replaces contents, ``names`` file names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MEMBERS:
            if name in without:
                continue
            file = (names or {}).get(name, f"export_fiches_CSV_{name}_{DATE}.csv")
            archive.writestr(file, (changes or {}).get(name, content(name)))
    return target.getvalue()
