"""All the metadata documents of a version: names and bytes.

Belongs here: which documents there are. Does not: what they say (a module each, which takes a
``Fiche`` and returns bytes).
"""

from collections.abc import Callable

from orchestration.description.fiche import Fiche

Document = Callable[[Fiche], bytes]

# File name -> its module's ``document``.
DOCUMENTS: dict[str, Document] = {}


def decrire_version(fiche: Fiche) -> dict[str, bytes]:
    """Return the metadata documents of a version, by file name."""
    return {name: document(fiche) for name, document in DOCUMENTS.items()}
