"""What calls of functions share: their arguments, the reader's clock.

Belongs here: what depends on no function. Does not: compiling expressions.
"""

from portal.odsql import arbre, erreurs
from portal.odsql.contexte import Contexte
from portal.odsql.fragment import Fragment, sql, valeur


def arguments(
    noeud: arbre.Appel, contexte: Contexte, minimum: int, maximum: int | None = None
) -> tuple[arbre.Noeud, ...]:
    """Return the arguments of a call, as many as it must have."""
    found = noeud.arguments
    if not minimum <= len(found) <= (maximum or minimum):
        raise erreurs.malformee(
            f"{noeud.texte} has {len(found)} argument(s) where {noeud.fonction} takes {minimum}"
            + (f" to {maximum}" if maximum else "")
            + f" (position {noeud.position})",
            contexte.clause,
        )
    return found


def heure_locale(instant: Fragment, fuseau: str) -> Fragment:
    """Return a UTC moment as clocks of ``fuseau`` tell it."""
    if fuseau == "UTC":
        return instant
    return sql("timezone({}, timezone('UTC', {}))", valeur(fuseau), instant)
