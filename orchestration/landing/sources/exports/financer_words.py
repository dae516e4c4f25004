"""Words that name a financer in the name of a column, in the order in which they are tried."""

import re

NOT_ALLOCATED = "montant_non_ventile"
# By our column: words and phrases of a plain name. A remaining amount is the titulaire's too, and
# is tried first; what is said of several is the first.
_WORDS = {
    "montant_reste_a_charge": ("reste_a_charge", "reste", "paiement", "participation"),
    "montant_employeur": ("employeurs?", "entreprises?"),
    "montant_france_travail": ("france_travail", "pole_emploi", "pe", "ft"),
    "montant_opco": ("opcos?", "opcas?"),
    "montant_region": ("regions?", "conseils?_regional", "conseils?_regionaux"),
    "montant_agefiph": ("agefiph",),
    "montant_transitions_pro": ("transitions?_pros?", "atpros?", "fongecifs?"),
    NOT_ALLOCATED: ("non_ventiles?",),
    "montant_titulaire": ("droits?", "titulaires?", "cpf", "comptes?"),
    "montant_autre": ("autres?", "ladom", "etat", "collectivites?"),
}
COLUMNS = tuple(_WORDS)
TOLD = tuple(name for name in COLUMNS if name != NOT_ALLOCATED)
_AMOUNT = re.compile(r"(montants?|abondements?|financements?|restes?|parts?|participations?)(_|$)")
_SHARE = re.compile(r"parts?_")
_FOUND = {
    column: re.compile(rf"(?:^|_)(?:{'|'.join(words)})(?:_|$)") for column, words in _WORDS.items()
}


def column_of(plain: str) -> str | None:
    """Return the amount that a plain name is of, by its financer; None when it is of none.

    A mean is none: means do not add up.
    """
    if not _AMOUNT.match(plain) or "moyen" in plain:
        return None
    return next((column for column, words in _FOUND.items() if words.search(plain)), None)


def may_be_share(plain: str) -> bool:
    """Tell whether a plain name may be that of a share (``part_employeur``), by its values."""
    return bool(_SHARE.match(plain))
