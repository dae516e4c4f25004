"""One spelling for every name of a column: what publishers, portals and spreadsheets change."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def plain_name(name: str) -> str:
    """Return a name without case, accents, quotes or byte order mark, ``_`` between its words.

    ``adressePhysique.codePostal`` and ``adressephysique_codepostal`` are one name, and so are
    ``Numéro Déclaration Activité`` and ``numero_declaration_activite``.
    """
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    without_accents = "".join(x for x in letters if not unicodedata.combining(x))
    return _SEPARATORS.sub("_", without_accents).strip("_")
