"""The candidate and the publication of a dataset, as Dagster assets; the gates stand between."""

import time
from collections.abc import Iterable
from pathlib import Path

import dagster as dg
import duckdb

from orchestration import registry, warehouse
from orchestration.automation import freshness, published_together
from orchestration.candidates.candidate import Candidate, load, prepare
from orchestration.candidates.origin import in_use, rests
from orchestration.datasets import Dataset, read_datasets
from orchestration.keys import SecretError
from orchestration.published_rows import published_rows
from orchestration.quality.report import read_report
from orchestration.release.publish import publish
from orchestration.release.published_tables import refresh_warehouse
from orchestration.resources import STATE, State
from orchestration.site.expose import expose_site
from orchestration.store.versions import HistoryError, PublicationRefusedError

PREVIEW_ROWS = 5
RESTING = {"statut": "au repos : ses lignes viennent des données ouvertes du producteur"}
_CELL = 40


def assets(dataset: Dataset) -> list[dg.AssetsDefinition]:
    """The candidate files and the publication of ``dataset``."""
    candidate_key = dg.AssetKey(["candidats", dataset.nom])

    @dg.asset(
        key=candidate_key,
        group_name="candidats",
        deps=_models(dataset),
        required_resource_keys={STATE},
        kinds={"parquet", "csv", "json", "excel"},
        description=f"Les fichiers mêmes qui seront publiés : {dataset.titre}.",
    )
    def _candidate() -> dg.MaterializeResult:  # type: ignore[type-arg]
        start = time.monotonic()
        if rests(dataset):
            return dg.MaterializeResult(metadata=RESTING)
        used = in_use(dataset)
        metadata = _candidate_metadata(prepare(used), start)
        if used.summary_model:
            metadata["bilan"] = dg.MetadataValue.md(_balance_table(used.summary_model))
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset(
        key=dg.AssetKey(["publications", dataset.nom]),
        group_name="publications",
        deps=_publishable(dataset),
        kinds={"parquet", "csv", "json", "excel"},
        freshness_policy=freshness(dataset),
        description=f"{dataset.titre} : versions publiées, immuables ({dataset.frequency}).",
    )
    def _publication(state: State) -> dg.MaterializeResult:  # type: ignore[type-arg]
        if rests(dataset):
            return dg.MaterializeResult(metadata=RESTING)
        used = in_use(dataset)
        try:
            publication = publish(
                used, load(used), read_report(used), rebase=dataset.nom in state.rebase
            )
        except (PublicationRefusedError, HistoryError, SecretError) as refused:
            # Said at the terminal: it is written for who has to decide.
            raise dg.Failure(str(refused)) from None
        refresh_warehouse()
        expose_site()
        return dg.MaterializeResult(
            metadata={
                "version": publication.version,
                "statut": publication.status,
                "dagster/row_count": publication.lignes,
                "octets": publication.octets,
                "rapport": dg.MetadataValue.path(str(publication.path / "qualite.html")),
                "chemin": dg.MetadataValue.path(str(publication.path)),
                "apercu": dg.MetadataValue.md(
                    _preview(publication.path / f"{dataset.nom}.parquet")
                ),
            }
        )

    return [_candidate, _publication]


def _publishable(dataset: Dataset) -> list[dg.AssetKey]:
    """What a publication waits for. Rows and their totals are published together: the registry
    remembers both with the rows, which come first, once the gates of both have passed.
    """
    together = published_together(read_datasets().values())[dataset.nom]
    return [
        *(dg.AssetKey(["candidats", name]) for name in together),
        *([dg.AssetKey(["publications", dataset.totals_of])] if dataset.totals_of else []),
    ]


def _models(dataset: Dataset) -> list[dg.AssetKey]:
    forms = [dataset, *([dataset.as_published] if dataset.as_published else [])]
    models = [
        *(form.model for form in forms),
        *(f"intermediate.{form.summary_model}" for form in forms if form.summary_model),
        *(f"intermediate.{name}" for name in registry.models(dataset)),
    ]
    return [dg.AssetKey(name.split(".")) for name in dict.fromkeys(models)]


def _balance_table(model: str) -> str:
    """Counts of what was kept, set aside or missing: figures only, nothing of a person."""
    with warehouse.vault(read_only=True) as connection:
        fetched = connection.execute(f"select * from coffre.intermediate.{model}")
        return _markdown(fetched)


def _preview(parquet: Path) -> str:
    """The first rows of what is public."""
    with duckdb.connect() as connection:
        query = f"from {published_rows(connection, parquet)} limit {PREVIEW_ROWS}"
        return _markdown(connection.execute(query))


def _markdown(fetched: duckdb.DuckDBPyConnection) -> str:
    head = [column[0] for column in fetched.description or []]
    rows = ([_cell(cell) for cell in row] for row in fetched.fetchall())
    return "\n".join(map(_line, [head, ["---"] * len(head), *rows]))


def _cell(value: object) -> str:
    return str(value)[:_CELL].replace("|", "¦").replace("\n", " ")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _candidate_metadata(candidate: Candidate, start: float) -> dict[str, dg.MetadataValue]:
    sizes = {file.nom: file.octets for file in candidate.fichiers}
    return {
        "dagster/row_count": dg.MetadataValue.int(candidate.lignes),
        "octets": dg.MetadataValue.json(sizes),
        "secondes": dg.MetadataValue.float(round(time.monotonic() - start, 2)),
    }
