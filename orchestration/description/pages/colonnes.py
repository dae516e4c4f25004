"""The columns of a version as pages show them: declaration and profile side by side.

Belongs here: joining them. Does not: reading either. What was published is shown, even where the
declaration has changed since.
"""

from dataclasses import dataclass

from orchestration.description.fiche import Fiche
from orchestration.description.pages.profil import Profil
from orchestration.jeux import Colonne


@dataclass(frozen=True)
class Vue:
    """A column of a version, with a value of it; ``liste`` names the seed of its values."""

    colonne: Colonne
    exemple: str | None
    profil: Profil
    cle: bool
    liste: str | None


def vues(fiche: Fiche, profils: dict[str, Profil]) -> tuple[Vue, ...]:
    """Return the columns of a version, in the order of its files."""
    declared = {column.nom: column for column in fiche.jeu.colonnes}
    columns = (
        declared.get(name, Colonne(name, kind, "", titre=name))
        for name, kind in fiche.mesures.colonnes
    )
    return tuple(
        Vue(
            colonne=column,
            exemple=fiche.exemples.get(column.nom),
            profil=profils[column.nom],
            cle=column.nom in fiche.jeu.cle,
            liste=column.nomenclature and column.nomenclature.partition(".")[0],
        )
        for column in columns
    )
