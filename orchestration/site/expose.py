"""The site's own files: made anew from the publications each time that one of them changes."""

from collections.abc import Callable

from orchestration import settings
from orchestration.files import locked, public_folder, replace_file
from orchestration.site.atom import atom
from orchestration.site.datagouv import harvest_file
from orchestration.site.dcat_ap import catalogue
from orchestration.site.pages import pages
from orchestration.site.published import PublishedSite, read_published_site
from orchestration.store.heads import CATALOGUE_FILE
from orchestration.store.signatures import PUBLIC_KEY_FILE
from orchestration.store.versions import DRAFT_PREFIX

# Each returns files by their path under the site's folder.
Documents = Callable[[PublishedSite], dict[str, bytes]]
DOCUMENTS: tuple[Documents, ...] = (pages, catalogue, harvest_file, atom)


def _signed() -> dict[str, bytes]:
    """The public key and the list of datasets: they lie beside these, and the site shows them."""
    paths = [settings.publications() / name for name in (PUBLIC_KEY_FILE, CATALOGUE_FILE)]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def expose_site() -> list[str]:
    """Write every file of the site, one after the other, each at once; return their paths.

    One writer at a time: who reads the publications first must not write last.
    """
    folder = settings.site()
    public_folder(folder)
    with locked(folder):
        published_site = read_published_site()
        files = {
            path: content
            for document in DOCUMENTS
            for path, content in document(published_site).items()
        } | _signed()
        for path, content in files.items():
            target = folder / path
            public_folder(target.parent)
            replace_file(target, content, target.with_name(f"{DRAFT_PREFIX}{target.name}"))
    return sorted(files)
