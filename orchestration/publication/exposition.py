"""The site's own files: made anew from the publications each time that one of them changes.

Belongs here: which files there are, writing them. Does not: what they say (``description``).
"""

import fcntl
import os
from collections.abc import Callable

from orchestration import settings
from orchestration.description.atom import atom
from orchestration.description.catalogue import catalogue
from orchestration.description.moissonnage import moissonnage
from orchestration.description.pages.documents import pages
from orchestration.description.vitrine import Vitrine, lire_vitrine
from orchestration.publication.fichiers import remplacer
from orchestration.publication.versions import EN_COURS

# Each returns files by their path under the site's folder.
Documents = Callable[[Vitrine], dict[str, bytes]]
DOCUMENTS: tuple[Documents, ...] = (pages, catalogue, moissonnage, atom)


def exposer_site() -> list[str]:
    """Write every file of the site, one after the other, each at once; return their paths.

    One writer at a time: who reads the publications first must not write last.
    """
    folder = settings.site()
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        vitrine = lire_vitrine()
        files = {path: made for document in DOCUMENTS for path, made in document(vitrine).items()}
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            remplacer(target, content, target.with_name(f"{EN_COURS}{target.name}"))
    finally:
        os.close(descriptor)
    return sorted(files)
