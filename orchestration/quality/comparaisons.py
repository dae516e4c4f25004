"""The derived rules that compare: with the last delivery, and with the last publication.

Belongs here: freshness and drift. Does not: what a file must hold in itself (``derivees``). Both
are judged against the last publication made from the same kind of source only: another feed is
another perimeter, not a drift.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from orchestration.jeux import Jeu
from orchestration.publication.sources import Approvisionnement
from orchestration.quality.cadres import Mesures
from orchestration.quality.periodes import bornes, periode
from orchestration.quality.regles import ENTRE, PROFIL, Regle, Reglement, Suivi

# A label that a tenth of the rows lose from one release to the next is a register gone missing.
HAUSSE_DES_NULS = 0.10
# The newest month or quarter may still be too thin to show: one more may be missing.
RETARD_ADMIS = ("mensuel", "trimestriel")


@dataclass(frozen=True)
class Contexte:
    """What the derived rules are derived from; ``reference`` is a comparable publication's.

    ``meme_diffusion``: it was made with the same threshold and plan, hence comparable row by row.
    """

    jeu: Jeu
    reglement: Reglement
    approvisionnement: Approvisionnement
    version_reference: str | None
    reference: Mesures | None
    meme_diffusion: bool = True


def fraicheur(contexte: Contexte) -> list[Regle]:
    """Compare the periods of the content with the newest delivery and with the last publication."""
    extracted, rythme = contexte.approvisionnement.derniere_date, contexte.jeu.rythme
    rules = []
    if extracted:
        newest = periode(extracted, rythme)
        wanted = bornes(newest)[0]
        if rythme in RETARD_ADMIS:
            wanted = bornes(periode(wanted - dt.timedelta(days=1), rythme))[0]
        rules += [
            _profil(
                "fraicheur_extrait",
                f"Le contenu va jusqu'au dernier extrait atterri ({newest})",
                column="fin",
                min_value=wanted.toordinal(),
            ),
            _profil(
                "periode_non_future",
                f"Aucune période ne commence après le dernier extrait atterri ({extracted})",
                column="debut",
                max_value=extracted.toordinal(),
            ),
        ]
    last = contexte.reference.periode_max if contexte.reference else None
    if last:
        version = contexte.version_reference
        rules.append(
            _profil(
                "fraicheur_publication",
                f"Le contenu va aussi loin que celui de la version {version} ({last})",
                column="fin",
                min_value=bornes(last)[0].toordinal(),
            )
        )
    return rules


def derive(contexte: Contexte, reference: Mesures) -> list[Regle]:
    """Compare rows, totals and shares of nulls with those of the last publication."""
    version, bounds = contexte.version_reference, contexte.reglement.derive
    measured = {f"total.{name}": float(total) for name, total in reference.totaux.items()}
    if contexte.meme_diffusion:
        measured |= {"lignes": float(reference.lignes)}
    rules = [
        _profil(
            f"derive.{name}",
            f"{_nom(name)} reste dans les bornes de la version {version} ({_bornes(bounds)})",
            column=name,
            **{f"{side[:3]}_value": round(value * ratio, 2) for side, ratio in bounds.items()},
        )
        for name, value in measured.items()
    ]
    return rules + [
        _nuls(suivi, reference.nuls[suivi.colonne], version)
        for suivi in contexte.reglement.suivis
        if contexte.meme_diffusion and suivi.colonne in reference.nuls
    ]


def _nuls(suivi: Suivi, before: float, version: str | None) -> Regle:
    return _profil(
        f"derive.nuls.{suivi.colonne}",
        f"La part de vides de {suivi.colonne} ne dépasse pas de plus de "
        f"{100 * HAUSSE_DES_NULS:.0f} points celle de la version {version}",
        column=f"nuls.{suivi.colonne}",
        max_value=round(before + HAUSSE_DES_NULS, 6),
    )


def _nom(mesure: str) -> str:
    return "Le nombre de lignes" if mesure == "lignes" else f"Le total de {mesure[6:]}"


def _bornes(bounds: Any) -> str:
    signs = {"minimum": "au moins", "maximum": "au plus"}
    return ", ".join(f"{signs[side]} {100 * ratio:.0f} %" for side, ratio in bounds.items())


def _profil(nom: str, libelle: str, **kwargs: Any) -> Regle:
    return Regle(nom, libelle, ENTRE, kwargs, colonnes=(), cadre=PROFIL)
