"""The columns of a version, with what metadata may say of their values: kind, list, form, example.

Belongs here: what every standard says of a column. Does not: any standard's words for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.description.fiche import Fiche
from orchestration.jeux import Colonne, Jeu
from orchestration.quality.regles import CRITIQUE, Reglement, codes, lire_reglement

TEXTE, ENTIER, DECIMAL, DATE = "texte", "entier", "decimal", "date"
_NATURES = {"VARCHAR": TEXTE, "INTEGER": ENTIER, "BIGINT": ENTIER, "DECIMAL": DECIMAL, "DATE": DATE}
# A longer list is a nomenclature to be read elsewhere (2,632 Formacodes); départements are 101.
LISTE_MAXIMALE = 150
# What is published instead of a value that is generalised, of a code or of a label not given.
REGROUPE, CODE_INCONNU, LIBELLE_INCONNU = "REGROUPE", "NR", "Non renseigné"
_DANS_LA_LISTE = "expect_column_values_to_be_in_set"
_DE_LA_FORME = "expect_column_values_to_match_regex"


@dataclass(frozen=True)
class Champ:
    """A column. ``valeurs`` lists all that it may hold besides nothing, when that is short.

    ``motif`` is a regular expression of the whole value, without anchors; ``exemple`` is a value
    as the CSV writes it; ``anciens_noms`` are those that programs may still ask it by.
    """

    colonne: Colonne
    nature: str
    valeurs: tuple[str, ...]
    motif: str | None
    exemple: str | None
    facette: bool
    anciens_noms: tuple[str, ...] = ()

    @property
    def triable(self) -> bool:
        """Tell whether sorting by it means something: quantities, dates, and facets."""
        return self.nature != TEXTE or self.facette


def champs(fiche: Fiche) -> tuple[Champ, ...]:
    """Return the columns of a version, in the order of its files."""
    jeu = fiche.jeu
    reglement = lire_reglement(jeu)
    lists, forms = dict(_listes(jeu, reglement)), dict(_formes(reglement))
    return tuple(
        Champ(
            colonne=column,
            nature=_NATURES[column.type.partition("(")[0]],
            valeurs=lists.get(column.nom, ()),
            motif=forms.get(column.nom),
            exemple=fiche.exemples.get(column.nom),
            facette=column.nom in jeu.facettes,
            anciens_noms=tuple(old for old, new in jeu.alias.items() if new == column.nom),
        )
        for column in jeu.colonnes
    )


def cle_sans_vide(jeu: Jeu) -> bool:
    """Tell whether no column of the key is ever empty, as a primary key demands."""
    required = {column.nom for column in jeu.colonnes if column.obligatoire}
    return set(jeu.cle) <= required


def _listes(jeu: Jeu, reglement: Reglement) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the short lists: of the declared nomenclatures, then of the rules, more exact."""
    found: dict[str, list[str]] = {}
    for column in jeu.colonnes:
        if column.nomenclature:
            seed, _, name = column.nomenclature.partition(".")
            unknown = CODE_INCONNU if name == "code" else LIBELLE_INCONNU
            found[column.nom] = [*codes(seed, name), *((unknown, REGROUPE) if jeu.seuil else ())]
    for rule in reglement.regles:
        if rule.type == _DANS_LA_LISTE and not rule.condition and not rule.filtre:
            found[rule.kwargs["column"]] = rule.kwargs["value_set"]
    for name, values in found.items():
        once = tuple(dict.fromkeys(values))
        if jeu.seuil and REGROUPE not in once:
            once = (*once, REGROUPE)
        if len(once) <= LISTE_MAXIMALE:
            yield name, once


def _formes(reglement: Reglement) -> Iterator[tuple[str, str]]:
    for rule in reglement.regles:
        if rule.type == _DE_LA_FORME and rule.severity == CRITIQUE and not rule.filtre:
            # XML Schema's expressions, which the standards name, have neither anchor nor "(?:".
            form = rule.kwargs["regex"].removeprefix("^").removesuffix("$")
            yield rule.kwargs["column"], form.replace("(?:", "(")
