"""``refine`` and ``exclude``: the values that a person ticks.

Belongs here: their syntax and meaning. Does not: counting values (``explore.facettes``).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.catalogue.champ import TEMPORELS, Champ
from portal.odsql import arbre, comparaisons, erreurs
from portal.odsql.conditions import et, non, ou
from portal.odsql.contexte import Contexte, colonne
from portal.odsql.fragment import Fragment, sql, valeur
from portal.odsql.lecture import lire_appel

_FORME = re.compile(r"\s*(?:`((?:\\.|[^`\\])+)`|([^:]+?))\s*:(.*)", re.DOTALL)
_CITE = re.compile(r"\s*(['\"])(.*)\1\s*", re.DOTALL)
_VRAI = {"true", "1", "yes"}


@dataclass(frozen=True)
class Facette:
    """What ``facet=…`` asks of a field; ``None`` where the field's own annotation decides."""

    nom: str
    disjonctif: bool | None = None
    tri: str | None = None
    limite: int | None = None
    hierarchie: str | None = None


@dataclass(frozen=True)
class Raffinement:
    """A field and the values ticked."""

    champ: Champ
    valeurs: tuple[str, ...]

    def condition(self, contexte: Contexte, *, disjonctif: bool) -> Fragment:
        """Return the condition: all of the values, or one of them."""
        each = [_egal(self.champ, value, contexte) for value in self.valeurs]
        return ou(each) if disjonctif else et(each)


def lire_raffinements(
    textes: Iterable[str], contexte: Contexte, clause: str = "refine"
) -> tuple[Raffinement, ...]:
    """Read ``name:value`` texts, grouped by field. Raises ``ApiError``."""
    found: dict[str, tuple[Champ, list[str]]] = {}
    for text in textes:
        if not text.strip():
            continue
        parts = _FORME.fullmatch(text)
        if not parts:
            raise erreurs.malformee(f"{text}: name:value is expected", clause)
        name = parts[1] or parts[2]
        champ = contexte.jeu.champ(name)
        if champ is None:
            raise erreurs.champ_inconnu(name, 0, contexte.noms_connus(), clause)
        quoted = _CITE.fullmatch(parts[3])
        value = re.sub(r"\\(.)", r"\1", quoted[2]) if quoted else parts[3].strip()
        found.setdefault(champ.nom, (champ, []))[1].append(value)
    return tuple(Raffinement(champ, tuple(values)) for champ, values in found.values())


def est_disjonctif(champ: Champ, facettes: Mapping[str, Facette]) -> bool:
    """Tell whether values of a field are alternatives: as the request says, else as the field."""
    asked = facettes.get(champ.nom)
    if asked and asked.disjonctif is not None:
        return asked.disjonctif
    return champ.disjonctif


def condition(
    refine: Sequence[Raffinement],
    exclude: Sequence[Raffinement],
    facettes: Mapping[str, Facette],
    contexte: Contexte,
    sauf: str | None = None,
) -> Fragment:
    """Return the condition of all refinements, save those of one field (for its own facet)."""
    kept = [
        item.condition(contexte, disjonctif=est_disjonctif(item.champ, facettes))
        for item in refine
        if item.champ.nom != sauf
    ]
    left_out = [non(item.condition(contexte, disjonctif=True)) for item in exclude]
    return et([*kept, *left_out])


def _egal(champ: Champ, texte: str, contexte: Contexte) -> Fragment:
    field = colonne(champ)
    within = replace(contexte, clause="refine")
    if champ.hierarchie:
        return _sous(champ, texte, champ.hierarchie)
    if champ.type in TEMPORELS:
        node = arbre.Comparaison(
            0, texte, arbre.Nom(0, champ.nom, champ.nom), "=", arbre.DateLitterale(0, texte, texte)
        )
        return comparaisons.comparer(node, within)
    return comparaisons.egal_au_texte(field, texte, within)


def _sous(champ: Champ, texte: str, separateur: str) -> Fragment:
    """Return the condition that a value is ``texte`` or below it."""
    value, below = valeur(texte), valeur(texte + separateur)
    column = colonne(champ)
    if champ.multivalue:
        return sql(
            "(len(list_filter({}, lambda x: x = {} or starts_with(x, {}))) > 0)",
            column.fragment,
            value,
            below,
        )
    return sql("({} = {} or starts_with({}, {}))", column.varchar(), value, column.varchar(), below)


def lire_facettes(textes: Iterable[str], contexte: Contexte) -> dict[str, Facette]:
    """Read ``facet`` parameters: a name, or ``facet(name="x", disjunctive=true)``."""
    found: dict[str, Facette] = {}
    for text in textes:
        for item in [text] if "(" in text else text.split(","):
            if item.strip():
                facette = _lire_facette(item.strip(), contexte)
                found[facette.nom] = facette
    return found


def _lire_facette(texte: str, contexte: Contexte) -> Facette:
    options: dict[str, str] = {}
    name = texte.strip("`")
    if re.match(r"facet\s*\(", texte, re.IGNORECASE):
        call = lire_appel(texte, "facet")
        for item in call.arguments if isinstance(call, arbre.Appel) else ():
            key, value = _option(item, contexte)
            options[key] = value
        name = options.get("name", "")
    champ = contexte.jeu.champ(name)
    if champ is None:
        raise erreurs.champ_inconnu(name, 0, contexte.noms_connus(), "facet")
    limit = options.get("limit")
    return Facette(
        champ.nom,
        disjonctif=options["disjunctive"].lower() in _VRAI if "disjunctive" in options else None,
        tri=options.get("sort"),
        limite=_limite(limit, texte) if limit is not None else None,
        hierarchie=_hierarchie(options, champ),
    )


def _limite(texte: str, facette: str) -> int:
    """Return how many values a facet may show; -1 for all of them."""
    try:
        number = int(texte)
    except ValueError:
        number = -2
    if number < -1:
        raise erreurs.malformee(f"{facette}: limit={texte} is not a number of values", "facet")
    return number


def _hierarchie(options: Mapping[str, str], champ: Champ) -> str | None:
    if options.get("hierarchical", "").lower() in _VRAI:
        return options.get("separator") or champ.hierarchie or "/"
    return None


def _option(noeud: arbre.Noeud, contexte: Contexte) -> tuple[str, str]:
    if isinstance(noeud, arbre.Nom):
        return "name", noeud.nom
    if isinstance(noeud, arbre.Litteral):
        return "name", str(noeud.valeur)
    if isinstance(noeud, arbre.Comparaison) and isinstance(noeud.gauche, arbre.Nom):
        right = noeud.droite
        if isinstance(right, arbre.Litteral):
            return noeud.gauche.nom.lower(), str(right.valeur)
        return noeud.gauche.nom.lower(), right.nom if isinstance(right, arbre.Nom) else right.texte
    raise erreurs.malformee(f"{noeud.texte}: name=value is expected", "facet")
