"""dbt inside Dagster: the manifest, the models as assets, their tests as checks.

dbt runs as its own process, so this one never holds the databases while a model is built.
"""

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from packaging.version import Version

from orchestration import kept_catalogues, published_versions, registry, settings, warehouse
from orchestration.datasets import Dataset, read_datasets
from orchestration.files import private_folder, write
from orchestration.progress import reporter, tell
from orchestration.resources import State

REGISTRY_SOURCE = "registre"  # the dbt source of what current versions show
DERIVED = "tag:derive"  # the models of what is made of current versions alone
# Of an error only its kind is told: its text may quote a value.
_KIND = re.compile(r"\w+ Error(?! in )")
_BIN = Path(sys.executable).parent
# Unit tests try the code, not the data: they belong to `make test`, not to each run.
BUILD = ("build", "--exclude-resource-type", "unit_test")
DBT_INPUTS = ("models", "macros", "seeds", "tests/data", "dbt_project.yml", "profiles.yml")


class DbtFailedError(RuntimeError):
    """dbt could not even read the project."""


class Dbt(DbtCliResource):
    """dbt as Dagster's resource, whose version is read and not asked of a process of its own."""

    # (Pydantic's own would not take a project.)
    def __init__(self, **values: Any) -> None:
        super().__init__(**values)

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


class Translator(DagsterDbtTranslator):
    """Names of the assets: folders become groups, landed tables the asset of their source."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        props = self.get_resource_props(manifest, unique_id)
        name, layer = str(props["name"]), str(props["fqn"][1])
        match props["resource_type"]:
            case "source":
                key, group = source_key(str(props["source_name"]), name), "landing"
            case "seed":
                key, group = ["nomenclatures", name], "seeds"
            case _:
                key, group = [layer, name], layer
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(key=dg.AssetKey(key), group_name=group)

    def get_asset_check_spec(self, *args: Any, **kwargs: Any) -> dg.AssetCheckSpec | None:
        """A failed test must stop its own asset, not the one step that builds them all."""
        spec = super().get_asset_check_spec(*args, **kwargs)
        return spec and spec._replace(blocking=False)


# What stands for several versions, or tells of all, waits for these.
_PUBLISHED_BY = dict.fromkeys(
    (published_versions.KEPT, published_versions.READ), published_versions.STOCK
)


def source_key(source: str, table: str) -> list[str]:
    """Return the asset of a dbt source: what landed (``edof_actions`` → ``edof``), a registry."""
    if source == REGISTRY_SOURCE:
        return [source, table.partition("__")[0]]
    if source == published_versions.SCHEMA:
        return ["publications", _PUBLISHED_BY.get(table, table)]
    # The register of deliveries is only read to choose between the two feeds of the offer.
    if table in settings.SOURCES:
        return ["atterrissage", table]
    return ["atterrissage", "portail" if table == "depots" else table.partition("_")[0]]


def registries(datasets: Iterable[Dataset]) -> list[dg.AssetSpec]:
    """Declare what the models read of the versions before: written by the publications of a run."""
    read = {
        **{
            dataset.nom: "Ce que montre la version courante, et de qui (données personnelles)."
            for dataset in datasets
            if dataset.register
        },
        kept_catalogues.OFFER: "Qui proposait quoi dans chaque catalogue publié.",
    }
    return [
        dg.AssetSpec([REGISTRY_SOURCE, name], group_name=REGISTRY_SOURCE, description=description)
        for name, description in read.items()
    ]


def environment() -> dict[str, str]:
    """Environment of every dbt process: state under ``CPF_DATA``, whatever the current folder."""
    target = settings.dbt_target()
    return {
        "CPF_DATA": str(settings.data()),
        "DBT_TARGET_PATH": str(target / "target"),
        "DBT_LOG_PATH": str(target / "logs"),
        "DBT_PROFILES_DIR": str(settings.PROJECT),
        # A run of one dataset must not test the tables of another, that may not exist yet.
        "DBT_INDIRECT_SELECTION": "cautious",
        # The preparer of a project takes dbt from there: the environment need not be activated.
        "PATH": os.pathsep.join([str(_BIN), os.environ.get("PATH", os.defpath)]),
    }


def prepared_project() -> DbtProject:
    """Return the dbt project and its manifest, parsed when a file has other bytes than then.

    Raises DbtFailedError.
    """
    project = _project()
    mark, fingerprint = project.manifest_path.with_name("projet.sha256"), _fingerprint()
    if not (project.manifest_path.exists() and mark.exists() and mark.read_text() == fingerprint):
        _prepare(project)
        write(mark, fingerprint.encode())
    return project


def _project() -> DbtProject:
    return DbtProject(settings.PROJECT, target_path=settings.dbt_target() / "target")


def _prepare(project: DbtProject) -> None:
    private_folder(settings.dbt_target())
    project.manifest_path.parent.mkdir(parents=True, exist_ok=True)
    log = settings.dbt_target() / "dbt.log"
    with (
        log.open("a") as file,
        contextlib.redirect_stdout(file),
        settings.environment(**environment()),
    ):
        try:
            project.preparer.prepare(project)
        except DagsterDbtCliRuntimeError as error:
            raise DbtFailedError(f"« dbt parse » a échoué :\n{error.description}") from None


def _fingerprint() -> str:
    """Hash the bytes of all that dbt reads: a date says little, a checkout or a copy changes it."""
    roots = [settings.PROJECT / name for name in DBT_INPUTS]
    files = [path for root in roots for path in (root, *root.rglob("*")) if path.is_file()]
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(files):
        digest.update(f"{path}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def resource() -> Dbt:
    """Return dbt as Dagster's resource."""
    # Beside this interpreter, not on PATH: the environment need not be activated.
    return Dbt(project_dir=_project(), dbt_executable=str(_BIN / "dbt"))


def assets() -> list[dg.AssetsDefinition]:
    """Every seed and model as subsettable groups of assets, every dbt test as a check: those of
    what lands, then those of each dataset that is made of what is published of it.
    """
    derived = [dataset.nom for dataset in read_datasets().values() if dataset.derived]
    return [
        _group("modeles", _expose_before, exclude=DERIVED),
        *(
            _group(f"modeles_{name}", lambda _: published_versions.expose(), select=f"tag:{name}")
            for name in derived
        ),
    ]


def _expose_before(rebase: Sequence[str]) -> None:
    """Show what the models of what lands read of the versions before."""
    registry.expose(rebase)
    kept_catalogues.expose()


def _group(
    name: str, expose: Callable[[Sequence[str]], None], *, select: str = "fqn:*", exclude: str = ""
) -> dg.AssetsDefinition:
    translator = Translator(
        settings=DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
    )
    manifest = json.loads(prepared_project().manifest_path.read_text(encoding="utf-8"))

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        name=name,
        select=select,
        exclude=exclude or None,
    )
    def _models(context: dg.AssetExecutionContext, dbt: Dbt, state: State) -> Iterator[Any]:
        private_folder(settings.dbt_target())
        expose(state.rebase)
        with settings.environment(**environment()):
            run = dbt.cli(BUILD, context=context, raise_on_error=False)
        with (settings.dbt_target() / "dbt.log").open("a") as log, contextlib.redirect_stdout(log):
            events = []
            for event in run.stream():
                events.append(event)
                _report_built(event)
        yield from _with_measures(_without_refused(events), manifest["nodes"])
        if not run.is_successful():
            for failure in _failures(run.target_path / "run_results.json"):
                reporter(context.log)(failure)
            reporter(context.log)(f"Détail : {settings.dbt_target() / 'dbt.log'}")

    return _models


def _report_built(event: object) -> None:
    if isinstance(event, dg.Output):
        name = event.output_name.partition("__")[2]
        tell(f"{name} : construit")


def _without_refused(events: list[Any]) -> list[Any]:
    """Leave out the assets that one of their own tests refuses: what descends from them is skipped.

    A failed model or test must stop only that: Dagster skips just the publications that miss
    their mart.
    """
    refused = {
        event.asset_key
        for event in events
        if isinstance(event, dg.AssetCheckResult)
        and not event.passed
        and event.severity == dg.AssetCheckSeverity.ERROR
    }
    return [
        event
        for event in events
        if not (isinstance(event, dg.Output) and _key(event.output_name) in refused)
    ]


def _key(output_name: str) -> dg.AssetKey:
    return dg.AssetKey(output_name.split("__", 1))


def _failures(path: Path) -> Iterator[str]:
    """Say which models and tests failed, and why as far as the reason cannot quote a value."""
    if not path.exists():
        yield "dbt s'est arrêté avant le premier modèle."
        return
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        if result["status"] in ("error", "fail"):
            name = str(result["unique_id"]).split(".")[2]
            message = " ".join(str(result["message"] or "").split())
            reason = message if "enforced contract" in message else _KIND.search(message)
            cause = reason if isinstance(reason, str) else reason[0] if reason else "test en échec"
            yield f"dbt, {name} : {cause}"


def _with_measures(events: list[Any], nodes: Mapping[str, Any]) -> Iterator[Any]:
    """Add row counts once dbt has let go of the vault; no row of it: nothing there is public."""
    with warehouse.vault(read_only=True) as connection:
        for event in events:
            if isinstance(event, dg.Output):
                measures = _measures(connection, nodes, event)
                yield event.with_metadata({**event.metadata, **measures})
            else:
                yield event


def _measures(
    connection: duckdb.DuckDBPyConnection, nodes: Mapping[str, Any], event: dg.Output[Any]
) -> dict[str, Any]:
    unique_id = event.metadata["unique_id"]
    node = nodes[str(getattr(unique_id, "value", unique_id))]
    row = connection.execute(
        "select estimated_size from duckdb_tables() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        [node["database"], node["schema"], node["alias"]],
    ).fetchone()
    return {} if row is None else {"dagster/row_count": int(row[0])}
