"""All the metadata documents of a version: names and bytes.

Belongs here: which documents there are. Does not: what they say (a module each, which takes a
``VersionCard`` and returns bytes).
"""

from collections.abc import Callable

from orchestration.metadata import croissant, csvw, datapackage, odcs, schema_org, table_schema
from orchestration.metadata.version_card import VersionCard

Document = Callable[[VersionCard], bytes]

# File name (``{jeu}`` is the dataset's) -> its module's ``document``.
DOCUMENTS: dict[str, Document] = {
    datapackage.FILE_NAME: datapackage.document,
    table_schema.FILE_NAME: table_schema.document,
    csvw.FILE_NAME: csvw.document,
    croissant.FILE_NAME: croissant.document,
    odcs.FILE_NAME: odcs.document,
    schema_org.FILE_NAME: schema_org.document,
}


def describe_version(card: VersionCard) -> dict[str, bytes]:
    """Return the metadata documents of a version, by file name."""
    return {
        name.format(dataset=card.dataset.nom): document(card)
        for name, document in DOCUMENTS.items()
    }
