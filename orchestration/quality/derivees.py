"""The rules that every dataset has, derived from its declaration and from its last publication.

Belongs here: columns, key, persons, sources, freshness, drift. Does not: rules of one dataset
(``regles/<jeu>.yml``). Drift and freshness are judged against the last publication made from the
same kind of source only: another feed is another perimeter, not a drift.
"""

from dataclasses import dataclass
from typing import Any

from orchestration.jeux import Jeu
from orchestration.publication.sources import Approvisionnement
from orchestration.quality.cadres import Mesures
from orchestration.quality.periodes import periode, rang
from orchestration.quality.regles import (
    ENTRE,
    FICHIER,
    PROFIL,
    RENSEIGNEE,
    SATISFAITE,
    SOURCES,
    TYPES,
    UNIQUE,
    Regle,
    Reglement,
    Suivi,
)

# A label that a tenth of the rows lose from one release to the next is a register gone missing.
HAUSSE_DES_NULS = 0.10
# A delivery holds the days until its date: the newest period may still be too thin to be published.
RETARD = {"quotidien": 0, "mensuel": 1, "trimestriel": 1}


@dataclass(frozen=True)
class Contexte:
    """What the derived rules are derived from; ``reference`` is a comparable publication's."""

    jeu: Jeu
    reglement: Reglement
    approvisionnement: Approvisionnement
    version_reference: str | None
    reference: Mesures | None


def regles_derivees(contexte: Contexte) -> list[Regle]:
    """Return every derived rule that applies to this candidate."""
    return [
        *_fichiers(contexte.jeu),
        *_cle(contexte),
        *_personnes(contexte.jeu),
        *_fraicheur(contexte),
        *(_derive(contexte, contexte.reference) if contexte.reference else []),
    ]


def _mesuree(nom: str, libelle: str, cadre: str, type_: str, **kwargs: Any) -> Regle:
    return Regle(nom, libelle, type_, kwargs, colonnes=(), cadre=cadre)


def _fichiers(jeu: Jeu) -> list[Regle]:
    names = [column.nom for column in jeu.colonnes]
    types = [f"{column.nom} {column.type}" for column in jeu.colonnes]
    return [
        _mesuree(
            "sources", "Chaque source nécessaire a atterri", SOURCES, RENSEIGNEE, column="sha256"
        ),
        _mesuree(
            "colonnes",
            f"Les {len(names)} colonnes déclarées sont là, dans l'ordre",
            FICHIER,
            "expect_table_columns_to_match_ordered_list",
            column_list=names,
        ),
        _mesuree(
            "types",
            "Chaque colonne a le type déclaré",
            TYPES,
            "expect_table_columns_to_match_set",
            column_set=types,
            exact_match=False,
        ),
        _mesuree(
            "lignes", "Le fichier a au moins une ligne", PROFIL, ENTRE, column="lignes", min_value=1
        ),
        _mesuree(
            "csv_fidele",
            "Le CSV, relu, dit la même chose que le Parquet",
            PROFIL,
            SATISFAITE,
            column="csv_fidele",
            value_set=[True],
        ),
    ]


def _cle(contexte: Contexte) -> list[Regle]:
    jeu, feed = contexte.jeu, contexte.approvisionnement.filiere[0]
    gaps = [name for name, feeds in contexte.reglement.lacunaires.items() if feed in feeds]
    required = [name for name in jeu.cle if name not in {*contexte.reglement.facultatives, *gaps}]
    return [
        *(
            Regle(
                f"cle_renseignee.{name}",
                f"La colonne de clé {name} est renseignée",
                RENSEIGNEE,
                {"column": name},
                colonnes=(name,),
            )
            for name in required
        ),
        Regle(
            "cle_unique",
            f"La clé ({len(jeu.cle)} colonnes) désigne une seule ligne",
            UNIQUE,
            {"column_list": list(jeu.cle), "ignore_row_if": "never"},
            colonnes=jeu.cle,
            filtre=" and ".join(f"{name} is not null" for name in gaps) or None,
        ),
    ]


def _personnes(jeu: Jeu) -> list[Regle]:
    if jeu.personnes is None:
        return []
    column = (jeu.personnes,)
    return [
        Regle(
            "personnes_renseignees",
            "Le nombre de personnes de chaque ligne est renseigné",
            RENSEIGNEE,
            {"column": jeu.personnes},
            colonnes=column,
        ),
        Regle(
            "seuil_personnes",
            f"Chaque ligne concerne au moins {jeu.seuil} personnes distinctes",
            ENTRE,
            {"column": jeu.personnes, "min_value": jeu.seuil},
            colonnes=column,
        ),
    ]


def _fraicheur(contexte: Contexte) -> list[Regle]:
    jeu, rules = contexte.jeu, []
    extracted = contexte.approvisionnement.derniere_date
    if extracted:
        newest = periode(extracted, jeu.rythme)
        rules.append(
            _mesuree(
                "fraicheur_extrait",
                f"La période la plus récente suit le dernier extrait atterri ({newest})",
                PROFIL,
                ENTRE,
                column="periode",
                min_value=rang(newest) - RETARD[jeu.rythme],
                max_value=rang(newest),
            )
        )
    last = contexte.reference.periode_max if contexte.reference else None
    if last:
        rules.append(
            _mesuree(
                "fraicheur_publication",
                f"La période la plus récente n'est pas antérieure à celle de la version "
                f"{contexte.version_reference} ({last})",
                PROFIL,
                ENTRE,
                column="periode",
                min_value=rang(last),
            )
        )
    return rules


def _derive(contexte: Contexte, reference: Mesures) -> list[Regle]:
    version, bounds = contexte.version_reference, contexte.reglement.derive
    totals = {name: float(total) for name, total in reference.totaux.items()}
    measured = {"lignes": float(reference.lignes)} | {f"total.{n}": t for n, t in totals.items()}
    rules = [
        _mesuree(
            f"derive.{name}",
            f"{_nom(name)} reste dans les bornes de la version {version} ({_bornes(bounds)})",
            PROFIL,
            ENTRE,
            column=name,
            **{f"{side[:3]}_value": round(value * ratio, 2) for side, ratio in bounds.items()},
        )
        for name, value in measured.items()
    ]
    return rules + [
        _nuls(suivi, reference.nuls[suivi.colonne], version)
        for suivi in contexte.reglement.suivis
        if suivi.colonne in reference.nuls
    ]


def _nuls(suivi: Suivi, before: float, version: str | None) -> Regle:
    return _mesuree(
        f"derive.nuls.{suivi.colonne}",
        f"La part de vides de {suivi.colonne} ne dépasse pas de plus de "
        f"{100 * HAUSSE_DES_NULS:.0f} points celle de la version {version}",
        PROFIL,
        ENTRE,
        column=f"nuls.{suivi.colonne}",
        max_value=round(before + HAUSSE_DES_NULS, 6),
    )


def _nom(mesure: str) -> str:
    return "Le nombre de lignes" if mesure == "lignes" else f"Le total de {mesure[6:]}"


def _bornes(bounds: Any) -> str:
    signs = {"minimum": "au moins", "maximum": "au plus"}
    return ", ".join(f"{signs[side]} {100 * ratio:.0f} %" for side, ratio in bounds.items())
