"""What each file of a version is for, in words, and in which order pages show them.

Belongs here: labels and groups. Does not: which files a version has (its card says so).
"""

from dataclasses import dataclass

from orchestration.description.fiche import Fiche, forme
from orchestration.publication.fichiers import Fichier
from orchestration.publication.versions import MANIFESTE, SOMMES

# Format -> its name and what it is best for; pages show them in this order.
FORMATS = {
    "csv": ("CSV", "Tableurs et tout logiciel ; séparateur « ; », UTF-8"),
    "parquet": ("Parquet", "Analyse : DuckDB, pandas, R, Spark ; types et codes exacts"),
    "jsonl": ("JSON Lines", "Programmes : un objet JSON par ligne"),
    "xlsx": ("Excel", "Excel et LibreOffice, sans réglage à l'ouverture"),
}
_RAPPORTS = {
    "qualite.html": ("Rapport de qualité", "règles, mesures, sources"),
    "secret.html": ("Rapport de divulgation", "ce qui est protégé, et l'attaque qui l'éprouve"),
    "qualite.json": ("Qualité, en JSON", "le même rapport pour les programmes"),
    "secret.json": ("Divulgation, en JSON", "le même rapport pour les programmes"),
}
_CHANGEMENTS = {
    "changements.md": ("Journal des changements", "en clair (Markdown)"),
    "ecarts.json": ("Écarts, en JSON", "lignes ajoutées, retirées, révisées"),
    "ecarts.parquet": ("Écarts, ligne par ligne", "clé, colonne, avant, après (Parquet)"),
}
_METADONNEES = {
    "datapackage.json": ("Data Package 2.0", "description complète et empreintes"),
    "schema.json": ("Table Schema", "colonnes et types, selon schema.data.gouv.fr"),
    "{jeu}.csv-metadata.json": ("CSVW", "CSV sur le web (W3C)"),
    "croissant.json": ("Croissant", "pour l'apprentissage automatique (MLCommons)"),
    "contrat.odcs.yaml": ("Contrat de données", "Open Data Contract Standard"),
    "schema.org.jsonld": ("schema.org", "pour les moteurs de recherche"),
    MANIFESTE: ("Manifeste", "lie fichiers, sources, code et contrôle"),
    SOMMES: ("Empreintes", "sha256 de chaque fichier, pour sha256sum --check"),
}


@dataclass(frozen=True)
class Piece:
    """A file and the words for it; ``fichier`` is None for those that name all others."""

    nom: str
    titre: str
    usage: str
    fichier: Fichier | None = None


def donnees(fiche: Fiche) -> tuple[Piece, ...]:
    """Data files of a version, in the order of ``FORMATS``, then those of other formats."""
    order = {name: place for place, name in enumerate(FORMATS)}
    files = sorted(fiche.donnees, key=lambda item: (order.get(forme(item), len(order)), item.nom))
    return tuple(
        Piece(item.nom, *FORMATS.get(forme(item), (item.nom, "autre format")), item)
        for item in files
    )


def rapports(fiche: Fiche) -> tuple[Piece, ...]:
    """Reports of quality and disclosure that the version has."""
    return _presentes(fiche, _RAPPORTS)


def changements(fiche: Fiche) -> tuple[Piece, ...]:
    """What tells the difference from the version before, if there is one."""
    return _presentes(fiche, _CHANGEMENTS)


def metadonnees(fiche: Fiche) -> tuple[Piece, ...]:
    """Return the documents for machines, then every other file of the version, by name."""
    named = {piece.nom for piece in (*rapports(fiche), *changements(fiche))}
    found = _presentes(fiche, _METADONNEES)
    named |= {piece.nom for piece in found}
    others = (
        Piece(item.nom, item.nom, "autre fichier de cette version", item)
        for item in sorted(fiche.rapports, key=lambda item: item.nom)
        if item.nom not in named
    )
    return (*found, *others)


def _presentes(fiche: Fiche, libelles: dict[str, tuple[str, str]]) -> tuple[Piece, ...]:
    # The manifest and the sums name all files of a version, hence not themselves.
    held: dict[str, Fichier | None] = {item.nom: item for item in fiche.rapports}
    held |= {MANIFESTE: None, SOMMES: None}
    return tuple(
        Piece(name, *words, held[name])
        for pattern, words in libelles.items()
        if (name := pattern.format(jeu=fiche.jeu.nom)) in held
    )
