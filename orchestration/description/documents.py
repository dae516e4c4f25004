"""All the metadata documents of a version: names and bytes.

Belongs here: which documents there are. Does not: what they say (a module each, which takes a
``Fiche`` and returns bytes).
"""

from collections.abc import Callable

from orchestration.description import (
    contrat,
    croissant,
    csvw,
    datapackage,
    schema_org,
    table_schema,
)
from orchestration.description.fiche import Fiche

Document = Callable[[Fiche], bytes]

# File name (``{jeu}`` is the dataset's) -> its module's ``document``.
DOCUMENTS: dict[str, Document] = {
    datapackage.NOM: datapackage.document,
    table_schema.NOM: table_schema.document,
    csvw.NOM: csvw.document,
    croissant.NOM: croissant.document,
    contrat.NOM: contrat.document,
    schema_org.NOM: schema_org.document,
}


def decrire_version(fiche: Fiche) -> dict[str, bytes]:
    """Return the metadata documents of a version, by file name."""
    return {name.format(jeu=fiche.jeu.nom): document(fiche) for name, document in DOCUMENTS.items()}
