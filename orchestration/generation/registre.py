"""The register of certifications: the zip of ten CSV files that France compétences exports.

Belongs here: those files with the quirks of the real ones (a TAB before each SIRET, é of the file
names without the UTF-8 flag, labels repeating their code, letters in NSF codes,
`REPRISE`, doubled apostrophes). Does not: what is on sale (``certifications``). Besides the
certifications on sale, the register keeps older ones, closed and replaced.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from orchestration.generation import noms, reference
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.fichiers import remplace
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

PART_ANCIENNES = 0.5  # closed certifications per certification on sale
HORODATAGE = (2024, 1, 1, 0, 0, 0)  # fixed, so that the same content gives the same bytes
NIVEAU_REPRISE = (
    "Sans niveau – le positionnement dans le cadre national des certifications "
    "professionnelles est non déterminé"
)
VOIES_ACCES = (
    "Par expérience",
    "Par candidature individuelle",
    "Après un parcours de formation continue",
    "En contrat de professionnalisation",
    "En contrat d’apprentissage",
    "Après un parcours de formation sous statut d’élève ou d’étudiant",
)
CCN = (
    ("3117", "Boulangerie-pâtisserie (Entreprises artisanales)"),
    ("3109", "Métallurgie"),
    ("3085", "Transports routiers et activités auxiliaires du transport"),
)

Lignes = Iterable[Iterable[str]]


def ecrit(
    dossier: Path,
    jour: dt.date,
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    habilitations: list[tuple[int, int]],
    graine: int,
) -> Path:
    """Write ``export-fiches-csv-<jour>.zip`` and return its path."""
    alea = np.random.default_rng([graine, 7])
    fiches = [c for c in catalogue.certifications if not c.exception]
    anciennes = _anciennes(fiches, alea)
    contenus = {
        "Standard": _standard(fiches, anciennes, jour, alea),
        "Certificateurs": _certificateurs(fiches, alea),
        "Partenaires": _partenaires(catalogue, organismes, habilitations, alea),
        "Nsf": _nsf(fiches + [ancienne for ancienne, _ in anciennes], alea),
        "Formacode": _formacode(fiches),
        "Rome": _rome(fiches),
        "CCN": _ccn(fiches, alea),
        "Blocs_De_Compétences": _blocs(fiches),
        "VoixdAccès": _voies(fiches, alea),
        "Ancienne_Nouvelle_Certification": _filiation(anciennes),
    }
    chemin = dossier / f"export-fiches-csv-{jour.isoformat()}.zip"
    with remplace(chemin) as provisoire:
        _comprime(provisoire, contenus, jour)
    return chemin


def _comprime(chemin: Path, contenus: dict[str, tuple[str, Lignes]], jour: dt.date) -> None:
    with zipfile.ZipFile(chemin, "w") as archive:
        for nom, (entete, lignes) in contenus.items():
            fichier = f"export_fiches_CSV_{nom}_{jour.strftime('%Y_%m_%d')}.csv"
            entree = _Entree(fichier, date_time=HORODATAGE)
            entree.compress_type = zipfile.ZIP_DEFLATED
            entree.create_system = 3
            entree.external_attr = 0o644 << 16
            texte = io.StringIO(newline="")
            texte.write(";".join(f'"{colonne}"' for colonne in entete.split(";")) + "\n")
            csv.writer(texte, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
                lignes
            )
            # The real files leave null cells unquoted.
            archive.writestr(entree, texte.getvalue().replace(';""', ";"))


class _Entree(zipfile.ZipInfo):
    """Entry whose name has no UTF-8 flag, as in the real export.

    The real names are UTF-8 bytes that readers then take for CP437 (``Comp├⌐tences``); older exports
    had true CP437 bytes. One file of each kind keeps both cases alive.
    """

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        codage = "cp437" if "Voix" in self.filename else "utf-8"
        return self.filename.encode(codage), self.flag_bits


def _anciennes(
    fiches: list[Certification], alea: np.random.Generator
) -> list[tuple[Certification, Certification]]:
    """Closed certifications with the one that replaced them; their codes are below those in use."""
    nombre = int(len(fiches) * PART_ANCIENNES)
    remplacantes = sorted(alea.choice(len(fiches), size=nombre, replace=False).tolist())
    return [
        (
            Certification(
                **{
                    **vars(fiches[rang]),
                    "code": f"{_prefixe(fiches[rang])}{1001 + numero}",
                    "niveau": "REPRISE" if numero % 5 == 0 else fiches[rang].niveau,
                }
            ),
            fiches[rang],
        )
        for numero, rang in enumerate(remplacantes)
    ]


def _prefixe(fiche: Certification) -> str:
    return "RNCP" if fiche.code.startswith("RNCP") else "RS"


def _standard(
    fiches: list[Certification],
    anciennes: list[tuple[Certification, Certification]],
    jour: dt.date,
    alea: np.random.Generator,
) -> tuple[str, Lignes]:
    lignes = [
        _fiche(rang, fiche, jour + dt.timedelta(days=int(alea.integers(30, 1000))), "ACTIVE", alea)
        for rang, fiche in enumerate(fiches, start=1)
    ]
    lignes += [
        _fiche(len(fiches) + rang, ancienne, dt.date(2023, 8, 31), "INACTIVE", alea)
        for rang, (ancienne, _) in enumerate(anciennes, start=1)
    ]
    return (
        "Id_Fiche;Numero_Fiche;Intitule;Abrege_Libelle;Abrege_Intitule;"
        "Nomenclature_Europe_Niveau;Nomenclature_Europe_Intitule;Accessible_Nouvelle_Caledonie;"
        "Accessible_Polynesie_Francaise;Date_dernier_jo;Date_Decision;Date_Fin_Enregistrement;"
        "Date_Effet;Type_Enregistrement;Validation_Partielle;Actif"
    ), lignes


def _fiche(
    rang: int, fiche: Certification, fin: dt.date, actif: str, alea: np.random.Generator
) -> list[str]:
    decision = fin - dt.timedelta(days=1100 + int(alea.integers(0, 700)))
    titre = fiche.intitule.startswith("TP ")
    libelles = {"": "", "REPRISE": NIVEAU_REPRISE}
    return [
        str(rang),
        fiche.code,
        # The register doubles some apostrophes.
        fiche.intitule.replace("'", "''") if alea.random() < 0.02 else fiche.intitule,
        "TP" if titre else "",
        "Titre ministère du Travail" if titre else "",
        fiche.niveau,
        libelles.get(fiche.niveau, f"Niveau {fiche.niveau[-1:]}"),
        "Non",
        "Non",
        "",
        decision.strftime("%d/%m/%Y"),
        fin.strftime("%d/%m/%Y"),
        (decision + dt.timedelta(days=5)).strftime("%d/%m/%Y") if alea.random() < 0.4 else "",
        "Enregistrement de droit" if titre else "Enregistrement sur demande",
        ("", "Non", "Oui")[int(alea.integers(3))],
        actif,
    ]


def _certificateurs(fiches: list[Certification], alea: np.random.Generator) -> tuple[str, Lignes]:
    noms_connus = sorted({fiche.certificateur for fiche in fiches if fiche.certificateur})
    inventes = [f"CERTIF {nom}" for nom in noms.denominations(max(len(fiches) // 4, 5), alea)]
    tous = noms_connus + inventes
    sirens = noms.sirens(len(tous), alea)
    sirets = {nom: f"{siren}00012" for nom, siren in zip(tous, sirens, strict=True)}
    lignes = []
    for fiche in fiches:
        nom = fiche.certificateur or inventes[int(alea.integers(len(inventes)))]
        lignes.append([fiche.code, f"\t{sirets[nom]}", nom])
    return "Numero_Fiche;Siret_Certificateur;Nom_Certificateur", lignes


def _partenaires(
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    habilitations: list[tuple[int, int]],
    alea: np.random.Generator,
) -> tuple[str, Lignes]:
    """Authorised bodies, half under the SIRET that trades and half under the one that declares."""
    lignes = []
    for certification, rang in habilitations:
        organisme = organismes[rang]
        hasard = alea.random()
        siret = organisme.siret if hasard < 0.5 else organisme.siret_declarant
        lignes.append(
            [
                catalogue.certifications[certification].code,
                organisme.denomination,
                "" if hasard > 1 - RATES.partenaire_sans_siret else f"\t{siret}",
                "HABILITATION_FORMER_ET_ORGA" if hasard * 7 % 1 < 0.3 else "HABILITATION_ORGA_FORM",
            ]
        )
    return "Numero_Fiche;Nom_Partenaire;Siret_Partenaire;Habilitation_Partenaire", lignes


def _nsf(fiches: list[Certification], alea: np.random.Generator) -> tuple[str, Lignes]:
    """One group each, sometimes with the letter of its function, sometimes a second group."""
    libelles = reference.libelles()
    codes = [domaine.nsf for domaine in reference.domaines()]
    lignes = []
    for fiche in fiches:
        lettre = "mnprstuvw"[int(alea.integers(9))] if alea.random() < 0.35 else ""
        lignes.append(
            [fiche.code, f"{fiche.nsf}{lettre}", f"{fiche.nsf}{lettre} : {libelles[fiche.nsf]}"]
        )
        second = codes[int(alea.integers(len(codes)))]
        if alea.random() < 0.15 and second != fiche.nsf:
            lignes.append([fiche.code, second, f"{second} : {libelles[second]}"])
    return "Numero_Fiche;Nsf_Code;Nsf_Intitule", lignes


def _formacode(fiches: list[Certification]) -> tuple[str, Lignes]:
    libelles = reference.libelles()
    return "Numero_Fiche;Formacode_Code;Formacode_Libelle", [
        [fiche.code, code, f"{code} : {libelles[code]}"]
        for fiche in fiches
        for code in fiche.formacodes
    ]


def _rome(fiches: list[Certification]) -> tuple[str, Lignes]:
    libelles = reference.libelles()
    return "Numero_Fiche;Codes_Rome_Code;Codes_Rome_Libelle", [
        [fiche.code, code, libelles[code].replace("'", "''")]
        for fiche in fiches
        for code in fiche.romes
    ]


def _ccn(fiches: list[Certification], alea: np.random.Generator) -> tuple[str, Lignes]:
    return (
        "Numero_Fiche;Ccn_1_Numero;Ccn_1_Libelle;Ccn_2_Numero;Ccn_2_Libelle;"
        "Ccn_3_Numero;Ccn_3_Libelle"
    ), [
        [fiche.code, *CCN[int(alea.integers(len(CCN)))], "", "", "", ""]
        for fiche in fiches
        if alea.random() < 0.08
    ]


def _blocs(fiches: list[Certification]) -> tuple[str, Lignes]:
    etapes = ("Préparer et organiser", "Réaliser et contrôler", "Évaluer et transmettre")
    return "Numero_Fiche;Bloc_Competences_Code;Bloc_Competences_Libelle", [
        [fiche.code, f"{fiche.code}BC{rang:02d}", f"{etape} : {fiche.intitule}"]
        for fiche in fiches
        if fiche.code.startswith("RNCP")
        for rang, etape in enumerate(etapes, start=1)
    ]


def _voies(fiches: list[Certification], alea: np.random.Generator) -> tuple[str, Lignes]:
    return "Numero_Fiche;Si_Jury", [
        [fiche.code, VOIES_ACCES[rang]]
        for fiche in fiches
        for rang in sorted(alea.permutation(len(VOIES_ACCES))[: int(alea.integers(2, 6))].tolist())
    ]


def _filiation(anciennes: list[tuple[Certification, Certification]]) -> tuple[str, Lignes]:
    lignes = []
    for ancienne, nouvelle in anciennes:
        lignes.append([ancienne.code, "", nouvelle.code])
        lignes.append([nouvelle.code, ancienne.code, ""])
    return "Numero_Fiche;Ancienne_Certification;Nouvelle_Certification", lignes
