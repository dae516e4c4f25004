"""What tells of the publications (catalogue, feeds, pages), beside them in the bucket.

Belongs here: which files, and when they may be sent. Does not: making them (``exposition``).
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestration import settings
from orchestration.objets.seau import Dire, Seau
from orchestration.publication.versions import POINTEUR


def pousser_site(seau: Seau, jeux: Sequence[str], dire: Dire) -> None:
    """Send the site's files that changed, if the bucket has all that they tell of.

    They name the current version of every dataset: one that was not sent yet would be a dead link.
    Nothing is ever deleted.
    """
    behind = [jeu for jeu in sorted(jeux) if not _a_jour(seau, jeu)]
    files = dict(_fichiers())
    if behind and files:
        dire(f"Le site attend le dépôt de : {', '.join(behind)}")
        return
    sent = [name for name, path in files.items() if _envoyer(seau, name, path)]
    if sent:
        dire(f"Site : {len(sent)} fichiers déposés dans {seau.adresse}")


def _fichiers() -> Iterator[tuple[str, Path]]:
    """Files by their name in the bucket; drafts, which begin with a dot, are nobody's business."""
    beside = settings.publications()
    for root, paths in (
        (beside, beside.glob("[!.]*")),
        (settings.site(), settings.site().rglob("*")),
    ):
        for path in sorted(paths):
            name = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                yield name.as_posix(), path


def _a_jour(seau: Seau, jeu: str) -> bool:
    found = seau.lire(f"{jeu}/{POINTEUR}")
    return (
        found is not None and found.octets == (settings.publications(jeu) / POINTEUR).read_bytes()
    )


def _envoyer(seau: Seau, name: str, path: Path) -> bool:
    content = path.read_bytes()
    if seau.sha256(name) == hashlib.sha256(content).hexdigest():
        return False
    seau.ecraser(name, content)
    return True
