"""Contents of the register's ten files: certifications, certifiers, partners, classifications.

Belongs here: the header and the lines of each file, with the quirks of the real values (a TAB
before each SIRET, labels repeating their code, letters in NSF codes, `REPRISE`, doubled
apostrophes). Does not: the archive (``registre``).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from orchestration.generation import noms, reference
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

PART_ANCIENNES = 0.5  # closed certifications per certification on sale
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


@dataclass(frozen=True)
class Fichier:
    """One CSV file: its header, ``;`` between the columns, and its lines."""

    entete: str
    lignes: Lignes


def anciennes(
    fiches: list[Certification], alea: np.random.Generator
) -> list[tuple[Certification, Certification]]:
    """Closed certifications with the one that replaced them; their codes are below those in use."""
    nombre = int(len(fiches) * PART_ANCIENNES)
    remplacantes = sorted(alea.choice(len(fiches), size=nombre, replace=False).tolist())
    return [
        (
            replace(
                fiches[rang],
                code=f"{'RNCP' if fiches[rang].rncp else 'RS'}{1001 + numero}",
                niveau="REPRISE" if numero % 5 == 0 else fiches[rang].niveau,
            ),
            fiches[rang],
        )
        for numero, rang in enumerate(remplacantes)
    ]


def standard(
    fiches: list[Certification],
    anciennes: list[tuple[Certification, Certification]],
    jour: dt.date,
    alea: np.random.Generator,
) -> Fichier:
    """One line per certification: those on sale end after ``jour``, the replaced ones ended."""
    lignes = [
        _fiche(rang, fiche, jour + dt.timedelta(days=int(alea.integers(30, 1000))), "ACTIVE", alea)
        for rang, fiche in enumerate(fiches, start=1)
    ]
    lignes += [
        _fiche(len(fiches) + rang, ancienne, dt.date(2023, 8, 31), "INACTIVE", alea)
        for rang, (ancienne, _) in enumerate(anciennes, start=1)
    ]
    entete = (
        "Id_Fiche;Numero_Fiche;Intitule;Abrege_Libelle;Abrege_Intitule;"
        "Nomenclature_Europe_Niveau;Nomenclature_Europe_Intitule;Accessible_Nouvelle_Caledonie;"
        "Accessible_Polynesie_Francaise;Date_dernier_jo;Date_Decision;Date_Fin_Enregistrement;"
        "Date_Effet;Type_Enregistrement;Validation_Partielle;Actif"
    )
    return Fichier(entete, lignes)


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


def certificateurs(fiches: list[Certification], alea: np.random.Generator) -> Fichier:
    """One certifier each; the well-known ones by their names, the SIRETs all invented."""
    noms_connus = sorted({fiche.certificateur for fiche in fiches if fiche.certificateur})
    inventes = [f"CERTIF {nom}" for nom in noms.denominations(max(len(fiches) // 4, 5), alea)]
    tous = noms_connus + inventes
    sirens = noms.sirens(len(tous), alea)
    sirets = {nom: f"{siren}00012" for nom, siren in zip(tous, sirens, strict=True)}
    lignes = []
    for fiche in fiches:
        nom = fiche.certificateur or inventes[int(alea.integers(len(inventes)))]
        lignes.append([fiche.code, f"\t{sirets[nom]}", nom])
    return Fichier("Numero_Fiche;Siret_Certificateur;Nom_Certificateur", lignes)


def partenaires(
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    habilitations: list[tuple[int, int]],
    alea: np.random.Generator,
) -> Fichier:
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
    return Fichier("Numero_Fiche;Nom_Partenaire;Siret_Partenaire;Habilitation_Partenaire", lignes)


def nsf(fiches: list[Certification], alea: np.random.Generator) -> Fichier:
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
    return Fichier("Numero_Fiche;Nsf_Code;Nsf_Intitule", lignes)


def formacode(fiches: list[Certification]) -> Fichier:
    """Labels repeat their code."""
    libelles = reference.libelles()
    lignes = [
        [fiche.code, code, f"{code} : {libelles[code]}"]
        for fiche in fiches
        for code in fiche.formacodes
    ]
    return Fichier("Numero_Fiche;Formacode_Code;Formacode_Libelle", lignes)


def rome(fiches: list[Certification]) -> Fichier:
    """Labels double their apostrophes."""
    libelles = reference.libelles()
    lignes = [
        [fiche.code, code, libelles[code].replace("'", "''")]
        for fiche in fiches
        for code in fiche.romes
    ]
    return Fichier("Numero_Fiche;Codes_Rome_Code;Codes_Rome_Libelle", lignes)


def ccn(fiches: list[Certification], alea: np.random.Generator) -> Fichier:
    """Collective agreements, seldom given."""
    entete = (
        "Numero_Fiche;Ccn_1_Numero;Ccn_1_Libelle;Ccn_2_Numero;Ccn_2_Libelle;"
        "Ccn_3_Numero;Ccn_3_Libelle"
    )
    lignes = [
        [fiche.code, *CCN[int(alea.integers(len(CCN)))], "", "", "", ""]
        for fiche in fiches
        if alea.random() < 0.08
    ]
    return Fichier(entete, lignes)


def blocs(fiches: list[Certification]) -> Fichier:
    """Three blocks per RNCP certification."""
    etapes = ("Préparer et organiser", "Réaliser et contrôler", "Évaluer et transmettre")
    lignes = [
        [fiche.code, f"{fiche.code}BC{rang:02d}", f"{etape} : {fiche.intitule}"]
        for fiche in fiches
        if fiche.rncp
        for rang, etape in enumerate(etapes, start=1)
    ]
    return Fichier("Numero_Fiche;Bloc_Competences_Code;Bloc_Competences_Libelle", lignes)


def voies(fiches: list[Certification], alea: np.random.Generator) -> Fichier:
    """Ways in, two to five per certification."""
    lignes = [
        [fiche.code, VOIES_ACCES[rang]]
        for fiche in fiches
        for rang in sorted(alea.permutation(len(VOIES_ACCES))[: int(alea.integers(2, 6))].tolist())
    ]
    return Fichier("Numero_Fiche;Si_Jury", lignes)


def filiation(anciennes: list[tuple[Certification, Certification]]) -> Fichier:
    """Each link is said from both ends."""
    lignes = []
    for ancienne, nouvelle in anciennes:
        lignes.append([ancienne.code, "", nouvelle.code])
        lignes.append([nouvelle.code, ancienne.code, ""])
    return Fichier("Numero_Fiche;Ancienne_Certification;Nouvelle_Certification", lignes)
