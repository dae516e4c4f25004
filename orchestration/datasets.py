"""The datasets as they are declared: one :class:`Dataset` for each mart of ``models/marts``.

Read from ``models/marts/<jeu>/<jeu>.yml`` (title, rhythm, sources, key, columns), the texts of
``models/*.md`` and the thresholds of ``dbt_project.yml``. Everything that is generated for a
dataset derives from this one declaration.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration import settings
from orchestration.files import identity, read_yaml
from orchestration.totals_tables import TotalsTable, tables_of

_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
_REFERENCE = re.compile(r"{{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*}}")
# A column's text begins with its title and its unit: **Prix moyen [euros].** What it is.
_TITLE = re.compile(
    r"\*\*(?P<titre>[^*\[]+?)(?: \[(?P<unite>[^]]+)\])?\.\*\* ?(?P<texte>.*)", re.DOTALL
)
GROUPED, ALL_TOGETHER = "REGROUPE", "ENSEMBLE"
PORTAL = "portail"
_REQUIRED = (
    "titre",
    "repond",
    "ailleurs",
    "rythme",
    "licence",
    "mots_cles",
    "sources",
    "cle",
    "periode",
)


class DeclarationError(ValueError):
    """A dataset is not fully declared; the message says which file and what is missing."""


class Column(NamedTuple):
    """A public column: its name, its DuckDB type (``DECIMAL(12,2)``), its texts in French.

    ``unit`` is written out (``euros``); ``code_list`` names the seed and the column that list its
    values (``departements.code``); ``required`` columns are never null.
    """

    nom: str
    type: str
    description: str
    titre: str = ""
    unit: str | None = None
    required: bool = False
    code_list: str | None = None


@dataclass(frozen=True)
class Dataset:
    """A dataset. ``sources`` lists the sufficient sets; ``seuil`` is in distinct titulaires.

    ``answers`` says which questions this file answers, ``elsewhere`` which it does not.

    ``plan`` says what each level of diffusion after the first gives up, on top of those before; a
    cohort lasts ``cohort_months`` and is told by ``cohort_columns``, the finest first;
    ``cell_columns`` of a dossier say its cell.
    ``facets`` are the columns that a portal offers to filter by; ``alias`` gives the column that
    each old name stands for.
    ``summary_model`` is the intermediate model that counts what was set aside or is missing;
    ``register`` begins the names of those that say which persons each row is about. ``tables``: the
    exact totals of this dataset, which the one that it is the ``totals_of`` holds; ``drawn``: the
    columns that only they tell, and the one that each is drawn from.
    ``counters``: the columns that count several things of a period, each of persons of its own;
    ``linked``: the datasets that are about the same dossiers, and may be subtracted.
    ``as_published``: the same dataset made of the publisher's own open data, of ``origin``
    ``portail``: its rows are those of ``model``, it has a key and ``rules`` of its own and no
    threshold, since nothing is hidden of what is public. Rows of one version have one origin.
    ``derived``: made of current versions alone; its ``sources`` are then names of datasets.
    ``question``: what to ask of it as an example, where its figures do not say: words, columns, a
    column and its value.
    """

    nom: str
    titre: str
    description: str
    answers: str
    elsewhere: str
    frequency: str
    licence: str
    keywords: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    optional_sources: tuple[str, ...]
    key: tuple[str, ...]
    totaux: tuple[str, ...]
    person_column: str | None
    period: str
    facets: tuple[str, ...]
    alias: Mapping[str, str]
    summary_model: str | None
    register: str | None
    totals_of: str | None
    tables: tuple[TotalsTable, ...]
    drawn: Mapping[str, str]
    seuil: int | None
    plan: tuple[tuple[str, ...], ...]
    cohort_months: int
    cohort_columns: tuple[str, ...]
    cell_columns: tuple[str, ...]
    colonnes: tuple[Column, ...]
    counters: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    model: str = ""
    rules: str = ""
    origin: str | None = None
    as_published: "Dataset | None" = None
    derived: bool = False
    question: tuple[str, tuple[str, ...], tuple[str, str]] | None = None

    @property
    def all_sources(self) -> frozenset[str]:
        """Every source that this dataset may read."""
        required = {source for group in self.sources for source in group}
        return frozenset(required | set(self.optional_sources))

    @property
    def group_marks(self) -> tuple[str, ...]:
        """What a dimension holds in place of a value: several together, or all of them."""
        if self.totals_of:
            return (GROUPED, ALL_TOGETHER)
        return (GROUPED,) if self.seuil else ()


def read_datasets(project: Path = settings.PROJECT) -> dict[str, Dataset]:
    """Read every declared dataset, by name. Raises :class:`DeclarationError`."""
    # Asked a hundred times in a run: read again (0.1 s) when a file is another one.
    models = project / "models"
    read = sorted((*models.rglob("*.md"), *models.glob("marts/*/*.yml")))
    states = tuple((path, identity(path)) for path in (*read, project / "dbt_project.yml"))
    return dict(_read_datasets(project, states))


@lru_cache(maxsize=8)
def _read_datasets(project: Path, _states: object) -> dict[str, Dataset]:
    docs = _docs(project / "models")
    dbt_vars = variables(project)
    datasets = {}
    for path in sorted((project / "models" / "marts").glob("*/*.yml")):
        for model in read_yaml(path).get("models", []):
            meta = model.get("config", {}).get("meta", {}).get("jeu")
            if meta is not None:
                dataset = _dataset(model, meta, docs, dbt_vars, path)
                datasets[dataset.nom] = dataset
    return datasets


def variables(project: Path = settings.PROJECT) -> dict[str, Any]:
    """Return the ``vars`` of ``dbt_project.yml``: the site, and how groups are made safe."""
    declared: dict[str, Any] = read_yaml(project / "dbt_project.yml").get("vars", {})
    return declared


def _dataset(
    model: Mapping[str, Any],
    meta: Mapping[str, Any],
    docs: Mapping[str, str],
    dbt_vars: Mapping[str, Any],
    path: Path,
) -> Dataset:
    nom = model["name"]
    diffusion = dbt_vars.get("diffusion", {}).get(nom, {})
    seuil = diffusion.get("seuil")
    missing = [key for key in _REQUIRED if key not in meta]
    if missing:
        raise DeclarationError(
            f"{path.name} : il manque {', '.join(missing)} sous config.meta.jeu de {nom}."
        )
    code_lists = meta.get("nomenclatures") or {}
    facets = tuple(meta.get("facettes") or ())
    alias = dict(meta.get("alias") or {})
    for entry, named in (
        ("nomenclatures", code_lists),
        ("facettes", facets),
        ("alias", alias.values()),
    ):
        stray = sorted(set(named) - {column["name"] for column in model["columns"]})
        if stray:
            raise DeclarationError(
                f"{path.name} : {entry} nomme {stray[0]}, qui n'est pas une colonne."
            )
    person_column, asked = meta.get("personnes"), meta.get("question")
    if person_column and seuil is None:
        raise DeclarationError(
            f"{path.name} : {nom} compte des personnes ({person_column}) et n'a pas de seuil "
            "dans vars.diffusion de dbt_project.yml."
        )
    dataset = Dataset(
        nom=nom,
        model=f"marts.{nom}",
        rules=nom,
        titre=meta["titre"],
        description=_resolved(model.get("description", ""), docs, path),
        answers=meta["repond"],
        elsewhere=meta["ailleurs"],
        frequency=meta["rythme"],
        licence=meta["licence"],
        keywords=tuple(meta["mots_cles"]),
        sources=tuple(tuple(group) for group in meta["sources"]),
        optional_sources=tuple(meta.get("sources_facultatives") or ()),
        key=tuple(meta["cle"]),
        totaux=tuple(meta.get("totaux") or ()),
        person_column=person_column,
        period=meta["periode"],
        facets=facets,
        alias=alias,
        summary_model=meta.get("bilan"),
        register=meta.get("registre"),
        totals_of=meta.get("totaux_de"),
        tables=tables_of(dbt_vars.get("totaux", {}).get(nom, {}), diffusion),
        drawn=dict(diffusion.get("tirees") or {}),
        seuil=seuil,
        plan=tuple(tuple(step) for step in diffusion.get("plan", ())),
        cohort_months=diffusion.get("periode", {}).get("mois", 0),
        cohort_columns=tuple(diffusion.get("periode", {}).get("dites", ())),
        cell_columns=tuple(diffusion.get("colonnes", ())),
        colonnes=tuple(
            _column(column, _resolved(column.get("description", ""), docs, path), code_lists)
            for column in model["columns"]
        ),
        counters=tuple(diffusion.get("compteurs", ())),
        linked=tuple(diffusion[name] for name in ("parmi", "comme") if name in diffusion),
        derived=bool(meta.get("tire_des_publications")),
        question=asked and (asked["mots"], tuple(asked["colonnes"]), tuple(asked["ou"])),
    )
    if "portail" not in meta:
        return dataset
    public = _as_published(dataset, meta["portail"], docs)
    groups = dict.fromkeys((*dataset.sources, *public.sources))
    return replace(dataset, sources=tuple(groups), as_published=public)


def _as_published(
    dataset: Dataset, declared: Mapping[str, Any], docs: Mapping[str, str]
) -> Dataset:
    """Return the dataset as its publisher has published it: any text of ours may be another."""
    public = replace(dataset, sources=((declared["source"],),), origin=PORTAL)
    if "modele" not in declared:
        return public
    optional = set(declared.get("facultatives") or ())
    return replace(
        public,
        model=f"intermediate.{declared['modele']}",
        rules=f"{dataset.nom}_portail",
        description=docs.get(f"{dataset.nom}_portail", dataset.description),
        key=tuple(declared["cle"]),
        summary_model=declared["bilan"],
        optional_sources=(),
        person_column=None,
        register=None,
        seuil=None,
        plan=(),
        tables=(),
        counters=(),
        linked=(),
        colonnes=tuple(
            _published_column(column, docs.get(f"{column.nom}_portail"), column.nom in optional)
            for column in dataset.colonnes
        ),
    )


def _published_column(column: Column, text: str | None, optional: bool) -> Column:
    titled = _TITLE.fullmatch(text) if text else None
    return column._replace(
        description=titled["texte"] if titled else column.description,
        required=column.required and not optional,
        # The publisher's values are kept, whichever they are.
        code_list=None,
    )


def _column(column: Mapping[str, Any], text: str, code_lists: Mapping[str, str]) -> Column:
    titled = _TITLE.fullmatch(text)
    return Column(
        nom=column["name"],
        type=str(duckdb.sqltype(column["data_type"])),
        description=titled["texte"] if titled else text,
        titre=titled["titre"] if titled else column["name"],
        unit=titled["unite"] if titled else None,
        required=any(
            constraint.get("type") == "not_null" for constraint in column.get("constraints", ())
        ),
        code_list=code_lists.get(column["name"]),
    )


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
    return " ".join(_REFERENCE.sub(lambda reference: docs[reference.group(1)], text).split())
