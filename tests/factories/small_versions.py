"""Two versions of a dataset of persons on random dossiers, by the models' own SQL in a vault."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import disclosure_rules, judge, open_candidate
from orchestration.disclosure.gate.disclosure_report import Rules
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.microdata import short_name
from orchestration.disclosure.gate.outcomes import Finding
from orchestration.disclosure.gate.totals_attack import TotalsJudgement, judge_totals, open_totals
from orchestration.registry import tables
from orchestration.sql import literal
from tests.factories.random_dossiers import (
    AMOUNTS,
    CERTIFICATIONS,
    FIRST_DAY,
    SECOND_DAY,
    dossiers,
    revised,
)
from tests.factories.rendered_models import Models
from tests.factories.steps import IN_PYTHON, ROWS, TOTALS, VAULT, make, model, steps_of

# What weighs totals, to say which rows are silent.
WEIGHING = (
    *("comptes", "totaux_periodes", "totaux_premiers", "totaux_cubes", "totaux_repetees"),
    *("totaux_cellules", "totaux_exposes", "silences"),
)
FILE, FILE_OF_TOTALS = f"{VAULT}.fichier", f"{VAULT}.fichier_totaux"
_SEEDS = {
    **dict.fromkeys(("departements", "regions", "modalites", "csp", "nsf"), "*"),
    "statuts": "* replace (est_sensible::boolean as est_sensible, "
    "a_commence::boolean as a_commence)",
    "participations": "debut::date as debut, montant::decimal(12, 2) as montant",
}


def fill_code_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas and what the models read beside dossiers, in ``coffre``."""
    for schema in ("nomenclatures", "staging", "intermediate", "registre"):
        connection.execute(f"create schema if not exists coffre.{schema}")
    for seed, columns in _SEEDS.items():
        path = literal(settings.PROJECT / "seeds" / f"{seed}.csv")
        connection.execute(
            f"create or replace table coffre.nomenclatures.{seed} as "
            f"select {columns} from read_csv({path}, all_varchar = true)"
        )
    _create(connection, "int_lieux__nommes", Models().sql("int_lieux__nommes"))
    values = ", ".join(f"('{code}', '{nsf}')" for code, (nsf, _) in CERTIFICATIONS.items())
    texts = ("code_certifinfo", "libelle_niveau_sortie_formation", "code_formacode_1")
    _create(
        connection,
        "int_certifications__enrichies",
        f"select *, code_certification as intitule_certification, "
        f"{', '.join(f'null::varchar as {text}' for text in texts)}, "
        "null::varchar as libelle_code_formacode_principal "
        f"from (values {values}) as v (code_certification, code_nsf_1)",
    )


def deliver(connection: duckdb.DuckDBPyConnection, table: pd.DataFrame, day: object) -> None:
    """Let the dossiers of ``table`` be what a delivery of this day holds."""
    connection.execute(
        "create or replace table coffre.staging.stg_atterrissage__depots as "
        f"select 'dossiers' as source, date '{day}' as date_extraction"
    )
    connection.register("_dossiers", table)
    amounts = [f"({name} / 100)::decimal(12, 2) as {name}" for name in (*AMOUNTS, "montant_engage")]
    _create(
        connection,
        "int_dossiers__courants",
        "select * replace (titulaire::uuid as titulaire, date_entree::date as date_entree, "
        "date_validation::date as date_validation, "
        f"nullif(nombre_heures_h, 'nan')::decimal(8, 1) as nombre_heures_h, {', '.join(amounts)}), "
        f"coalesce(date_entree <= date '{day}', false) as est_entre, "
        "row_number() over (order by id_dossier) as numero "
        f"from _dossiers where date_validation <= date '{day}'",
    )
    connection.unregister("_dossiers")


@dataclass(frozen=True)
class Version:
    """A version that is about to be published, and the file of the one that it follows."""

    connection: duckdb.DuckDBPyConnection
    dataset: Dataset
    models: Models
    previous: Path | None = None

    def build(self, models: Models | None = None, since: str = ROWS[0]) -> None:
        """Make the steps from ``since`` on, then the file, by other ``models`` or its own.

        By other ones, which rows are silent for totals stays as it is unless it is asked for.
        """
        for step in steps_of(self.dataset.nom, ROWS[ROWS.index(since) :]):
            if not models or step not in WEIGHING or since in WEIGHING:
                self._make(models or self.models, step)
        _create(self.connection, "fichier", (models or self.models).sql(self.dataset.nom))

    def build_totals(self, models: Models | None = None, since: str = TOTALS[0]) -> None:
        """Make the steps of the totals from ``since`` on, then their file."""
        made = models or self.models
        for step in steps_of(self.dataset.nom, TOTALS[TOTALS.index(since) :]):
            self._make(made, step)
        query = made.sql(f"{self.dataset.nom}_totaux")
        _create(self.connection, "fichier_totaux", query)

    def _make(self, models: Models, step: str) -> None:
        make(
            self.connection,
            self.dataset.nom,
            step,
            lambda name: models.sql(name, self._registries),
        )

    def tell(self, step: str, condition: str) -> None:
        """Tell what a step of the totals, ``totaux_secrets`` or ``totaux_muets``, hides."""
        self.connection.execute(f"delete from {VAULT}.{self._model(step)} where {condition}")
        self.build_totals(since="totaux")

    def first_changed(self, models: Models) -> str:
        """Return the first step that these models make in another way; the last one if none is."""
        changed = (
            step
            for step in steps_of(self.dataset.nom, ROWS)
            if step not in IN_PYTHON and self._query(models, step) != self._query(self.models, step)
        )
        return next(changed, ROWS[-1])

    def judge(self) -> tuple[Finding, ...]:
        """Let every rule of the gate judge the vault and the file."""
        return judge(self._evidence, self.dataset, self._rules).findings

    def judge_totals(self) -> TotalsJudgement:
        """Let every rule of the gate judge the vault and the file of totals."""
        previous = (self.previous, totals_file(self.previous)) if self.previous else None
        evidence = open_totals(self.connection, self.dataset, FILE_OF_TOTALS, FILE, previous)
        return judge_totals(evidence, self.dataset.tables)

    def failures(self) -> frozenset[str]:
        """Return the rules of the gate that refuse this version."""
        return frozenset(finding.regle for finding in self.judge() if not finding.success)

    def digest(self) -> int:
        """Return what two files share only if they say the same."""
        return self.value(f"select count(*) + coalesce(sum(hash(f)), 0) from {FILE} as f")

    def value(self, query: str) -> int:
        """Return the whole number that a query gives."""
        return int(self.rows(query)[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, that may name ``{jeu}`` (of the models) or ``{k}``."""
        return self.connection.execute(self._completed(query)).fetchall()

    def publish(self, file: Path) -> None:
        """Write the file, and keep what it shows in the registry, as a publication does."""
        self.connection.execute(f"copy {FILE} to {literal(file)} (format parquet)")
        if self.dataset.tables:
            self.build_totals()
            self.connection.execute(
                f"copy {FILE_OF_TOTALS} to {literal(totals_file(file))} (format parquet)"
            )
        for table, step in tables(self.dataset).items():
            name, kept = f"{self.dataset.nom}__{table}", f"coffre.registre.{table}"
            self.connection.execute(f"create or replace table {kept} as from {VAULT}.{step}")
            self.connection.execute(f"create or replace view coffre.registre.{name} as from {kept}")

    def after(self, statement: str, file: Path) -> "Version":
        """Return the same, following a version whose rows this statement has changed."""
        self.connection.execute(self._completed(statement))
        rows = self.models.sql(self.dataset.nom).replace(
            f"{VAULT}.{self._model('diffusion')}", "coffre.registre.lignes"
        )
        self.connection.execute(f"copy ({rows}) to {literal(file)} (format parquet)")
        return replace(self, previous=file)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what is done within."""
        _ = self._evidence  # opened within, it would be closed too
        self.connection.execute("begin")
        try:
            yield
        finally:
            self.connection.execute("rollback")

    @cached_property
    def _evidence(self) -> Evidence:
        return open_candidate(self.connection, self.dataset, FILE, self.previous)

    @cached_property
    def _rules(self) -> Rules:
        return disclosure_rules(self.dataset)

    @cached_property
    def _registries(self) -> list[str]:
        query = "select view_name from duckdb_views() where schema_name = 'registre'"
        return [name for (name,) in self.connection.execute(query).fetchall()]

    def _completed(self, query: str) -> str:
        """Say which threshold, models, finest columns and column of the region."""
        fines, *others = self.dataset.plan
        region = next((step[0] for step in others if step[0].startswith("code_region")), "")
        return query.format(
            k=self.dataset.seuil,
            jeu=short_name(self.dataset),
            fines=", ".join(fines),
            region=region,
        )

    def _model(self, step: str) -> str:
        return model(self.dataset.nom, step)

    def _query(self, models: Models, step: str) -> str:
        return models.sql(self._model(step), self._registries)


def totals_file(file: Path) -> Path:
    """Where the totals of a version are, beside its rows."""
    return file.with_name(f"{file.name}_totaux")


def first_version(dataset: Dataset, models: Models, seed: int, count: int) -> Version:
    """Return the first version on random dossiers, in a vault in memory."""
    connection = duckdb.connect(config={"threads": 1})
    # Of so few rows, to plan a query well takes longer than to run it.
    connection.execute("pragma disable_optimizer")
    connection.execute("attach ':memory:' as coffre")
    fill_code_lists(connection)
    deliver(connection, dossiers(seed, count), FIRST_DAY)
    version = Version(connection, dataset, models)
    version.build()
    return version


def second_version(version: Version, seed: int, count: int, file: Path) -> Version:
    """Publish a first version into ``file``; return the one that follows it, in the same vault."""
    return next_version(version, revised(seed, dossiers(seed, count)), SECOND_DAY, file)


def next_version(version: Version, table: pd.DataFrame, day: dt.date, file: Path) -> Version:
    """Publish a version into ``file``; return the one of these dossiers, delivered on this day."""
    version.publish(file)
    deliver(version.connection, table, day)
    following = replace(version, previous=file)
    following.build()
    return following


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, query: str, kind: str = "table"
) -> None:
    connection.execute(f"create or replace {kind} {VAULT}.{name} as {query}")
