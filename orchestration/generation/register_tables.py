"""Header and lines of the register's ten files, with the quirks of the real values.

A TAB before each SIRET, labels repeating their code, letters in NSF codes, ``REPRISE``, doubled
apostrophes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orchestration.generation import invented_names, reference
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.partner_list import ACTIVE, Partner
from orchestration.generation.rates import RATES
from orchestration.generation.training_bodies import TrainingBody

FORMER_END = dt.date(2023, 8, 31)  # the day on which those that were replaced ended
CLOSED_SHARE = 0.5  # closed certifications per certification on sale
CARRIED_OVER_LEVEL = (
    "Sans niveau – le positionnement dans le cadre national des certifications "
    "professionnelles est non déterminé"
)
ACCESS_ROUTES = (
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

Rows = Iterable[Iterable[str]]


@dataclass(frozen=True)
class CsvFile:
    """One CSV file: its header, ``;`` between the columns, and its lines."""

    header: str
    rows: Rows


def former_certifications(
    certifications: list[Certification], rng: np.random.Generator
) -> list[tuple[Certification, Certification]]:
    """Closed certifications with the one that replaced them; their codes are below those in use."""
    count = int(len(certifications) * CLOSED_SHARE)
    successors = sorted(rng.choice(len(certifications), size=count, replace=False).tolist())
    return [
        (
            replace(
                certifications[rank],
                code=f"{'RNCP' if certifications[rank].rncp else 'RS'}{1001 + number}",
                niveau="REPRISE" if number % 5 == 0 else certifications[rank].niveau,
            ),
            certifications[rank],
        )
        for number, rank in enumerate(successors)
    ]


def former_codes(catalog: Catalog, seed: int) -> dict[str, str]:
    """Return, by code of a certification on sale, that of the one that it replaced."""
    on_sale = [
        certification for certification in catalog.certifications if not certification.exception
    ]
    pairs = former_certifications(on_sale, np.random.default_rng([seed, 7]))
    return {successor.code: former.code for former, successor in pairs}


def standard(
    certifications: list[Certification],
    former_certifications: list[tuple[Certification, Certification]],
    day: dt.date,
    rng: np.random.Generator,
) -> CsvFile:
    """One line per certification: those on sale end after ``day``, the replaced ones ended."""
    rows = [
        _certification_card(
            rank, certification, day + dt.timedelta(days=int(rng.integers(30, 1000))), "ACTIVE", rng
        )
        for rank, certification in enumerate(certifications, start=1)
    ]
    rows += [
        _certification_card(len(certifications) + rank, former, FORMER_END, "INACTIVE", rng)
        for rank, (former, _) in enumerate(former_certifications, start=1)
    ]
    header = (
        "Id_Fiche;Numero_Fiche;Intitule;Abrege_Libelle;Abrege_Intitule;"
        "Nomenclature_Europe_Niveau;Nomenclature_Europe_Intitule;Accessible_Nouvelle_Caledonie;"
        "Accessible_Polynesie_Francaise;Date_dernier_jo;Date_Decision;Date_Fin_Enregistrement;"
        "Date_Effet;Type_Enregistrement;Validation_Partielle;Actif"
    )
    return CsvFile(header, rows)


def _certification_card(
    rank: int, certification: Certification, end: dt.date, activity: str, rng: np.random.Generator
) -> list[str]:
    decision = end - dt.timedelta(days=1100 + int(rng.integers(0, 700)))
    title = certification.intitule.startswith("TP ")
    labels = {"": "", "REPRISE": CARRIED_OVER_LEVEL}
    return [
        str(rank),
        certification.code,
        # The register doubles some apostrophes.
        certification.intitule.replace("'", "''")
        if rng.random() < 0.02
        else certification.intitule,
        "TP" if title else "",
        "Titre ministère du Travail" if title else "",
        certification.niveau,
        labels.get(certification.niveau, f"Niveau {certification.niveau[-1:]}"),
        "Non",
        "Non",
        "",
        decision.strftime("%d/%m/%Y"),
        end.strftime("%d/%m/%Y"),
        (decision + dt.timedelta(days=5)).strftime("%d/%m/%Y") if rng.random() < 0.4 else "",
        "Enregistrement de droit" if title else "Enregistrement sur demande",
        ("", "Non", "Oui")[int(rng.integers(3))],
        activity,
    ]


def certifiers(
    certifications: list[Certification],
    rng: np.random.Generator,
    bodies: Mapping[str, TrainingBody] | None = None,
) -> CsvFile:
    """One certifier each; the well-known ones by their names, the SIRETs all invented.

    ``bodies``: by code, those that certify with it what they sell.
    """
    known_names = sorted(
        {
            certification.certificateur
            for certification in certifications
            if certification.certificateur
        }
    )
    invented = [
        f"CERTIF {name}"
        for name in invented_names.coined_words(max(len(certifications) // 4, 5), rng)
    ]
    all_names = known_names + invented
    sirens = invented_names.sirens(len(all_names), rng)
    # Drawn apart: nothing else moves for it.
    untold = np.random.default_rng([len(all_names), 31]).random(len(all_names))
    sirets = {
        name: "" if draw < RATES.certificateur_sans_siret else f"\t{siren}00012"
        for name, siren, draw in zip(all_names, sirens, untold.tolist(), strict=True)
    }
    rows = []
    for certification in certifications:
        name = certification.certificateur or invented[int(rng.integers(len(invented)))]
        rows.append([certification.code, sirets[name], name])
        body = (bodies or {}).get(certification.code)
        if body:
            rows.append([certification.code, f"\t{body.siret}", body.denomination])
    return CsvFile("Numero_Fiche;Siret_Certificateur;Nom_Certificateur", rows)


def partners(listed: Sequence[Partner]) -> CsvFile:
    """Who may train or examine today: this form tells neither states nor dates, nor who may not."""
    rows = [
        [partner.code, partner.name, partner.siret and f"\t{partner.siret}", partner.authorisation]
        for partner in listed
        if partner.state == ACTIVE
    ]
    return CsvFile("Numero_Fiche;Nom_Partenaire;Siret_Partenaire;Habilitation_Partenaire", rows)


def nsf(certifications: list[Certification], rng: np.random.Generator) -> CsvFile:
    """One group each, sometimes with the letter of its function, sometimes a second group."""
    labels = reference.labels()
    codes = [domain.nsf for domain in reference.domains()]
    rows = []
    for certification in certifications:
        letter = "mnprstuvw"[int(rng.integers(9))] if rng.random() < 0.35 else ""
        rows.append(
            [
                certification.code,
                f"{certification.nsf}{letter}",
                f"{certification.nsf}{letter} : {labels[certification.nsf]}",
            ]
        )
        second = codes[int(rng.integers(len(codes)))]
        if rng.random() < 0.15 and second != certification.nsf:
            rows.append([certification.code, second, f"{second} : {labels[second]}"])
    return CsvFile("Numero_Fiche;Nsf_Code;Nsf_Intitule", rows)


def formacode(certifications: list[Certification]) -> CsvFile:
    """Labels repeat their code."""
    labels = reference.labels()
    rows = [
        [certification.code, code, f"{code} : {labels[code]}"]
        for certification in certifications
        for code in certification.formacodes
    ]
    return CsvFile("Numero_Fiche;Formacode_Code;Formacode_Libelle", rows)


def rome(certifications: list[Certification]) -> CsvFile:
    """Labels double their apostrophes."""
    labels = reference.labels()
    rows = [
        [certification.code, code, labels[code].replace("'", "''")]
        for certification in certifications
        for code in certification.romes
    ]
    return CsvFile("Numero_Fiche;Codes_Rome_Code;Codes_Rome_Libelle", rows)


def ccn(certifications: list[Certification], rng: np.random.Generator) -> CsvFile:
    """Collective agreements, seldom given."""
    header = (
        "Numero_Fiche;Ccn_1_Numero;Ccn_1_Libelle;Ccn_2_Numero;Ccn_2_Libelle;"
        "Ccn_3_Numero;Ccn_3_Libelle"
    )
    rows = [
        [certification.code, *CCN[int(rng.integers(len(CCN)))], "", "", "", ""]
        for certification in certifications
        if rng.random() < 0.08
    ]
    return CsvFile(header, rows)


def blocks(certifications: list[Certification]) -> CsvFile:
    """Three blocks per RNCP certification."""
    steps = ("Préparer et organiser", "Réaliser et contrôler", "Évaluer et transmettre")
    rows = [
        [
            certification.code,
            f"{certification.code}BC{rank:02d}",
            f"{step} : {certification.intitule}",
        ]
        for certification in certifications
        if certification.rncp
        for rank, step in enumerate(steps, start=1)
    ]
    return CsvFile("Numero_Fiche;Bloc_Competences_Code;Bloc_Competences_Libelle", rows)


def access_routes(certifications: list[Certification], rng: np.random.Generator) -> CsvFile:
    """Ways in, two to five per certification."""
    rows = [
        [certification.code, ACCESS_ROUTES[rank]]
        for certification in certifications
        for rank in sorted(rng.permutation(len(ACCESS_ROUTES))[: int(rng.integers(2, 6))].tolist())
    ]
    return CsvFile("Numero_Fiche;Si_Jury", rows)


def succession(former_certifications: list[tuple[Certification, Certification]]) -> CsvFile:
    """Each link is said from both ends."""
    rows = []
    for former, successor in former_certifications:
        rows.append([former.code, "", successor.code])
        rows.append([successor.code, former.code, ""])
    return CsvFile("Numero_Fiche;Ancienne_Certification;Nouvelle_Certification", rows)
