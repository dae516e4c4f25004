"""The datasets as they are declared: one :class:`Jeu` for each mart of ``models/marts``.

Belongs here: reading ``models/marts/<jeu>/<jeu>.yml`` (title, rhythm, sources, key, columns), the
texts of ``models/*.md`` and the thresholds of ``dbt_project.yml``. Does not: using any of it.
Everything that is generated for a dataset derives from this one declaration.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from orchestration import settings

_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
_REFERENCE = re.compile(r"{{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*}}")
# A column's text begins with its title and its unit: **Prix moyen [euros].** What it is.
_TITLE = re.compile(
    r"\*\*(?P<titre>[^*\[]+?)(?: \[(?P<unite>[^]]+)\])?\.\*\* ?(?P<texte>.*)", re.DOTALL
)
_REQUIRED = ("titre", "rythme", "licence", "mots_cles", "sources", "cle", "periode")


class DeclarationError(ValueError):
    """A dataset is not fully declared; the message says which file and what is missing."""


class Colonne(NamedTuple):
    """A public column: its name, its DuckDB type (``DECIMAL(12,2)``), its texts in French.

    ``unite`` is written out (``euros``); ``nomenclature`` names the seed and the column that list
    its values (``departements.code``); ``obligatoire`` columns are never null.
    """

    nom: str
    type: str
    description: str
    titre: str = ""
    unite: str | None = None
    obligatoire: bool = False
    nomenclature: str | None = None


@dataclass(frozen=True)
class Jeu:
    """A dataset. ``sources`` lists the sufficient sets; ``seuil`` is in distinct titulaires.

    ``plan`` says what each level of diffusion after the first gives up, on top of those before;
    ``ventilation``, what is kept by each kind of row that only tells amounts by financer again.
    ``facettes`` are the columns that a portal offers to filter by; ``alias`` gives the column that
    each old name stands for.
    ``bilan`` names the intermediate model that counts what was set aside or is missing;
    ``registre`` begins the names of those that say which persons each row is about.
    """

    nom: str
    titre: str
    description: str
    rythme: str
    licence: str
    mots_cles: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    sources_facultatives: tuple[str, ...]
    cle: tuple[str, ...]
    totaux: tuple[str, ...]
    personnes: str | None
    periode: str
    facettes: tuple[str, ...]
    alias: Mapping[str, str]
    bilan: str | None
    registre: str | None
    seuil: int | None
    plan: tuple[tuple[str, ...], ...]
    ventilation: tuple[tuple[str, ...], ...]
    colonnes: tuple[Colonne, ...]

    @property
    def toutes_sources(self) -> frozenset[str]:
        """Every source that this dataset may read."""
        required = {source for group in self.sources for source in group}
        return frozenset(required | set(self.sources_facultatives))


def lire_jeux(projet: Path = settings.PROJECT) -> dict[str, Jeu]:
    """Read every declared dataset, by name. Raises :class:`DeclarationError`."""
    docs = _docs(projet / "models")
    diffusion = variables(projet)
    jeux = {}
    for path in sorted((projet / "models" / "marts").glob("*/*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            meta = model.get("config", {}).get("meta", {}).get("jeu")
            if meta is not None:
                jeu = _jeu(model, meta, docs, diffusion, path)
                jeux[jeu.nom] = jeu
    return jeux


def variables(projet: Path = settings.PROJECT) -> dict[str, Any]:
    """Return the ``vars`` of ``dbt_project.yml``: thresholds and plans of generalisation."""
    text = (projet / "dbt_project.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text).get("vars", {})
    return found


def _jeu(
    model: Mapping[str, Any],
    meta: Mapping[str, Any],
    docs: Mapping[str, str],
    diffusion: Mapping[str, Any],
    path: Path,
) -> Jeu:
    nom = model["name"]
    seuil = diffusion.get("seuils", {}).get(nom)
    missing = [key for key in _REQUIRED if key not in meta]
    if missing:
        raise DeclarationError(
            f"{path.name} : il manque {', '.join(missing)} sous config.meta.jeu de {nom}."
        )
    nomenclatures = meta.get("nomenclatures") or {}
    facettes = tuple(meta.get("facettes") or ())
    alias = dict(meta.get("alias") or {})
    for entry, named in (
        ("nomenclatures", nomenclatures),
        ("facettes", facettes),
        ("alias", alias.values()),
    ):
        stray = sorted(set(named) - {column["name"] for column in model["columns"]})
        if stray:
            raise DeclarationError(
                f"{path.name} : {entry} nomme {stray[0]}, qui n'est pas une colonne."
            )
    personnes = meta.get("personnes")
    if personnes and seuil is None:
        raise DeclarationError(
            f"{path.name} : {nom} compte des personnes ({personnes}) et n'a pas de seuil "
            "dans vars.seuils de dbt_project.yml."
        )
    return Jeu(
        nom=nom,
        titre=meta["titre"],
        description=_resolved(model.get("description", ""), docs, path),
        rythme=meta["rythme"],
        licence=meta["licence"],
        mots_cles=tuple(meta["mots_cles"]),
        sources=tuple(tuple(group) for group in meta["sources"]),
        sources_facultatives=tuple(meta.get("sources_facultatives") or ()),
        cle=tuple(meta["cle"]),
        totaux=tuple(meta.get("totaux") or ()),
        personnes=personnes,
        periode=meta["periode"],
        facettes=facettes,
        alias=alias,
        bilan=meta.get("bilan"),
        registre=meta.get("registre"),
        seuil=seuil,
        plan=tuple(_abandons(step) for step in diffusion.get("plans_diffusion", {}).get(nom, ())),
        ventilation=tuple(tuple(step) for step in diffusion.get("ventilation", {}).get(nom, ())),
        colonnes=tuple(
            _colonne(column, _resolved(column.get("description", ""), docs, path), nomenclatures)
            for column in model["columns"]
        ),
    )


def _colonne(column: Mapping[str, Any], text: str, nomenclatures: Mapping[str, str]) -> Colonne:
    found = _TITLE.fullmatch(text)
    return Colonne(
        nom=column["name"],
        type=str(duckdb.sqltype(column["data_type"])),
        description=found["texte"] if found else text,
        titre=found["titre"] if found else column["name"],
        unite=found["unite"] if found else None,
        obligatoire=any(item.get("type") == "not_null" for item in column.get("constraints", ())),
        nomenclature=nomenclatures.get(column["name"]),
    )


def _abandons(step: Sequence[str] | Mapping[str, Any]) -> tuple[str, ...]:
    """Columns that a step of the plan gives up, however it is written."""
    return tuple(step["abandonne"] if isinstance(step, Mapping) else step)


def _docs(folder: Path) -> dict[str, str]:
    return {
        name: " ".join(text.split())
        for path in sorted(folder.rglob("*.md"))
        for name, text in _BLOCK.findall(path.read_text(encoding="utf-8"))
    }


def _resolved(text: str, docs: Mapping[str, str], path: Path) -> str:
    unknown = sorted(set(_REFERENCE.findall(text)) - set(docs))
    if unknown:
        raise DeclarationError(f"{path.name} : texte introuvable dans models/ : {unknown[0]}.")
    return " ".join(_REFERENCE.sub(lambda found: docs[found.group(1)], text).split())
