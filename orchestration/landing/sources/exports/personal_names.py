"""Names of columns that are about persons: a file that has one is no public export."""

import re
from collections.abc import Iterable

from orchestration.landing.intake.names import plain_name

_PERSONAL = re.compile(
    r"(^|_)(nir|nss|prenoms?|naissance|courriels?|emails?|mail|telephones?|iban|identifiant_fiscal)"
    r"(_|$)|(^|_)nom_(de_)?(naissance|usage|titulaire|famille|patronymique|marital)(_|$)"
    r"|(^|_)(id|identifiant|numero)_(du_)?(titulaire|dossier)(_|$)"
)


def personal(columns: Iterable[str]) -> list[str]:
    """Return the columns that are about persons, by their names."""
    return [column for column in columns if _PERSONAL.search(plain_name(column))]
