"""What each file of a version is for, in words, and in which order pages show them."""

from dataclasses import dataclass

from orchestration.files import File
from orchestration.metadata.version_card import VersionCard, file_format
from orchestration.store.versions import CHECKSUMS_FILE, MANIFEST

# Format -> its name and what it is best for; pages show them in this order.
FORMATS = {
    "csv": ("CSV", "Tableurs et tout logiciel ; séparateur « ; », UTF-8"),
    "parquet": ("Parquet", "Analyse : DuckDB, pandas, R, Spark ; types et codes exacts"),
    "jsonl": ("JSON Lines", "Programmes : un objet JSON par ligne"),
    "xlsx": ("Excel", "Excel et LibreOffice, sans réglage à l'ouverture"),
}
_REPORT_FILES = {
    "qualite.html": ("Rapport de qualité", "règles, mesures, sources"),
    "secret.html": ("Rapport de divulgation", "ce qui est protégé, et l'attaque qui l'éprouve"),
    "qualite.json": ("Qualité, en JSON", "le même rapport pour les programmes"),
    "secret.json": ("Divulgation, en JSON", "le même rapport pour les programmes"),
}
_CHANGE_FILES = {
    "changements.md": ("Journal des changements", "en clair (Markdown)"),
    "ecarts.json": ("Écarts, en JSON", "lignes ajoutées, retirées, révisées"),
    "ecarts.parquet": ("Écarts, ligne par ligne", "clé, colonne, avant, après (Parquet)"),
}
_METADATA_FILES = {
    "datapackage.json": ("Data Package 2.0", "description complète et empreintes"),
    "schema.json": ("Table Schema", "colonnes et types, selon schema.data.gouv.fr"),
    "{dataset}.csv-metadata.json": ("CSVW", "CSV sur le web (W3C)"),
    "croissant.json": ("Croissant", "pour l'apprentissage automatique (MLCommons)"),
    "contrat.odcs.yaml": ("Contrat de données", "Open Data Contract Standard"),
    "schema.org.jsonld": ("schema.org", "pour les moteurs de recherche"),
    MANIFEST: ("Manifeste", "lie fichiers, sources, code et contrôle"),
    CHECKSUMS_FILE: ("Empreintes", "sha256 de chaque fichier, pour sha256sum --check"),
}


@dataclass(frozen=True)
class LabelledFile:
    """A file and the words for it; ``fichier`` is None for those that name all others."""

    nom: str
    titre: str
    usage: str
    fichier: File | None = None


def data_files(card: VersionCard) -> tuple[LabelledFile, ...]:
    """Data files of a version, in the order of ``FORMATS``, then those of other formats."""
    order = {name: place for place, name in enumerate(FORMATS)}
    files = sorted(
        card.data_files, key=lambda file: (order.get(file_format(file), len(order)), file.nom)
    )
    return tuple(
        LabelledFile(file.nom, *FORMATS.get(file_format(file), (file.nom, "autre format")), file)
        for file in files
    )


def reports(card: VersionCard) -> tuple[LabelledFile, ...]:
    """Reports of quality and disclosure that the version has."""
    return _present_files(card, _REPORT_FILES)


def changes(card: VersionCard) -> tuple[LabelledFile, ...]:
    """What tells the difference from the version before, if there is one."""
    return _present_files(card, _CHANGE_FILES)


def metadata_files(card: VersionCard) -> tuple[LabelledFile, ...]:
    """Return the documents for machines, then every other file of the version, by name."""
    listed = {labelled_file.nom for labelled_file in (*reports(card), *changes(card))}
    present = _present_files(card, _METADATA_FILES)
    listed |= {labelled_file.nom for labelled_file in present}
    others = (
        LabelledFile(file.nom, file.nom, "autre fichier de cette version", file)
        for file in sorted(card.reports, key=lambda file: file.nom)
        if file.nom not in listed
    )
    return (*present, *others)


def _present_files(
    card: VersionCard, labels: dict[str, tuple[str, str]]
) -> tuple[LabelledFile, ...]:
    # The manifest and the sums name all files of a version, hence not themselves.
    annex_files: dict[str, File | None] = {file.nom: file for file in card.reports}
    annex_files |= {MANIFEST: None, CHECKSUMS_FILE: None}
    return tuple(
        LabelledFile(name, *words, annex_files[name])
        for pattern, words in labels.items()
        if (name := pattern.format(dataset=card.dataset.nom)) in annex_files
    )
