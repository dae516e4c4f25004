"""All the metadata documents of a version: names and bytes."""

from collections.abc import Callable

from orchestration.metadata import croissant, csvw, frictionless, odcs, schema_org
from orchestration.metadata.version_card import VersionCard

Document = Callable[[VersionCard], bytes]

# File name (``{dataset}`` is the dataset's) -> what writes it.
DOCUMENTS: dict[str, Document] = {
    frictionless.PACKAGE_FILE: frictionless.data_package,
    frictionless.SCHEMA_FILE: frictionless.table_schema,
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
