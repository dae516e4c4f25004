"""``changements.md``: what changed since the version before, in French.

Belongs here: words. Does not: figures (``resume``).
"""

from collections.abc import Iterator, Sequence

from orchestration.ecarts.resume import Resume
from orchestration.jeux import Jeu
from orchestration.quality.page import grand, nombre

_NATURES = {"ajoutee": "ajoutée", "retiree": "retirée", "type": "type changé"}


def premiere(jeu: Jeu, version: str, lignes: int) -> str:
    """Log of a version that follows none."""
    return (
        f"{_titre(jeu, version)}\n\nPremière version publiée de ce jeu : {nombre(lignes)} lignes. "
        "Aucune version ne la précède, il n'y a donc rien à comparer.\n"
    )


def incomparable(jeu: Jeu, version: str, precedente: str, raison: str) -> str:
    """Log of a version whose predecessor cannot be read any more."""
    return (
        f"{_titre(jeu, version)}\n\nLa version {precedente}, qui la précède, "
        f"n'a pas pu être comparée : {raison}.\n"
    )


def journal(jeu: Jeu, resume: Resume) -> str:
    """Log of a version beside the one before."""
    parts = [
        _titre(jeu, resume.apres),
        f"Par rapport à la version {resume.avant}. Le détail, ligne par ligne, est dans "
        "`ecarts.parquet` ; les chiffres ci-dessous, dans `ecarts.json`.",
        _table(("Lignes", "Nombre"), _lignes(resume)),
        *_section(
            "Colonnes et types", ("Colonne", "Changement", "Avant", "Après"), _schema(resume)
        ),
        *_section(
            "Changées sur toutes les lignes à la fois",
            ("Colonne", "Avant", "Après"),
            [(_nomme(jeu, item.colonne), item.avant, item.apres) for item in resume.uniformes],
        ),
        *_section(
            "Colonnes des lignes révisées",
            ("Colonne", "Lignes"),
            [(_nomme(jeu, name), nombre(count)) for name, count in resume.colonnes.items()],
        ),
        *_section(
            "Totaux",
            ("Colonne", "Avant", "Après"),
            [
                (_nomme(jeu, item.colonne), _somme(item.avant), _somme(item.apres))
                for item in resume.totaux
            ],
        ),
        _lecture(resume),
    ]
    return "\n\n".join(parts) + "\n"


def _titre(jeu: Jeu, version: str) -> str:
    return f"# {jeu.titre} : changements de la version {version}"


def _lignes(resume: Resume) -> list[tuple[str, str]]:
    return [
        (f"Dans la version {resume.avant}", nombre(resume.lignes_avant)),
        ("Ajoutées", nombre(resume.ajoutees)),
        ("Retirées", nombre(resume.retirees)),
        ("Révisées", nombre(resume.revisees)),
        ("Identiques", nombre(resume.identiques)),
        (f"Dans la version {resume.apres}", nombre(resume.lignes_apres)),
    ]


def _schema(resume: Resume) -> list[tuple[str, str, str, str]]:
    return [
        (f"`{item.colonne}`", _NATURES[item.nature], item.avant or "–", item.apres or "–")
        for item in resume.schema
    ]


def _lecture(resume: Resume) -> str:
    if not resume.cle:
        return "Aucune clé n'est commune aux deux versions : les lignes sont comparées entières."
    text = (
        "Une ligne révisée garde sa clé ("
        + ", ".join(f"`{name}`" for name in resume.cle)
        + ") et change ailleurs."
    )
    if resume.sans_cle:
        text += (
            f" {nombre(resume.sans_cle)} ligne(s) ajoutée(s) ou retirée(s) ont une clé que "
            "d'autres portent aussi : elles sont comparées entières, donc jamais dites révisées."
        )
    return text


def _section(titre: str, entete: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield f"## {titre}"
        yield _table(entete, rows)


def _table(entete: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [
        entete,
        ("---",) * len(entete),
        *(tuple(_cellule(cell) for cell in row) for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cellule(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _nomme(jeu: Jeu, colonne: str) -> str:
    title = next((item.titre for item in jeu.colonnes if item.nom == colonne), "")
    return f"{title} (`{colonne}`)" if title else f"`{colonne}`"


def _somme(valeur: str | None) -> str:
    return "–" if valeur is None else grand(valeur)
