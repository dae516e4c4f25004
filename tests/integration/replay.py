"""Successive versions of a dataset of persons: the models' own SQL on dossiers that change."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from orchestration import settings, warehouse
from orchestration.registry import TABLES
from tests.integration.conftest import CPF, World

MODELS = (
    *("dossiers", "sortants", "entrants", "cellules", "partition", "communs", "diffusion"),
    *("ouverts", "clos", "lots"),
)
VIEWS = {"dossiers", "entrants", "ouverts", "clos", "lots"}
REVISIONS = "revisions"
START = dt.date(2021, 1, 31)
# Fewer values than the real ones: a small population then has rows at every level.
DOSSIERS = """
    create or replace table coffre.intermediate.tous as
    select * replace (
        date '2020-01-01' + cast(hash(id_dossier, 'jour') % 760 as integer) as date_validation,
        date '2020-01-01' + cast(hash(id_dossier, 'jour') % 760 as integer) as date_entree,
        true as est_entre,
        'Validé' as statut_dossier,
        ['RS6198', 'RNCP40344'][1 + cast(hash(id_dossier, 'titre') % 2 as integer)]
            as code_certification,
        ['75', '974'][1 + cast(hash(id_dossier, 'lieu') % 2 as integer)] as code_departement_lieu,
        ['75', '974'][1 + cast(hash(id_dossier, 'lieu') % 2 as integer)]
            as code_departement_residence,
        500 + hash(id_dossier, 'prix') % 1000 as montant_engage,
        500 + hash(id_dossier, 'prix') % 1000 - if(hash(id_dossier, 'opco') % 9 = 0, 100, 0)
            as montant_titulaire,
        if(hash(id_dossier, 'opco') % 9 = 0, 100, 0) as montant_opco,
        0 as montant_reste_a_charge, 0 as montant_employeur, 0 as montant_france_travail,
        0 as montant_region, 0 as montant_agefiph, 0 as montant_transitions_pro,
        0 as montant_autre, 0 as montant_non_ventile
    )
    from coffre.intermediate.int_dossiers__courants
"""
# What a month changes: a status in six, a price in forty, a date in a hundred.
REVISION = """
    update coffre.intermediate.tous set
        statut_dossier = if(
            hash(id_dossier, {month}, 'statut') % 6 = 0,
            ['Entrée en formation', 'Clos - Réalisation Totale'][1 + {month} % 2],
            statut_dossier
        ),
        montant_engage
            = montant_engage + if(hash(id_dossier, {month}, 'prix') % 40 = 0, 50, 0),
        montant_titulaire
            = montant_titulaire + if(hash(id_dossier, {month}, 'prix') % 40 = 0, 50, 0),
        date_validation = date_validation + if(hash(id_dossier, {month}, 'jour') % 100 = 0, 40, 0),
        date_entree = date_entree + if(hash(id_dossier, {month}, 'jour') % 100 = 0, 40, 0)
"""


@dataclass(frozen=True)
class Image:
    """What one version shows: its rows, the open dossiers behind them, what came and went.

    ``naive_rows``: the rows as they would be, were this version computed without those before.
    """

    rows: pd.DataFrame
    members: pd.DataFrame
    naive_rows: pd.DataFrame
    naive_members: pd.DataFrame
    joiners: int
    leavers: frozenset[str]
    refused_revisions: int


def replay_versions(world: World, dataset: str, months: int) -> list[Image]:
    """Publish ``dataset`` once, then ``months`` times more, on dossiers that change a lot."""
    with open_vault(world) as connection:
        connection.execute("drop schema if exists coffre.registre cascade")
        connection.execute("create schema coffre.registre")
        connection.execute(DOSSIERS)
    fresh_sql = compile_models(world, dataset)
    with open_vault(world) as connection:
        replay = Replay(connection, dataset)
        replay.set_last_delivery(START)
        images = [replay.version(fresh_sql, fresh_sql)]
    following = compile_models(world, dataset)
    assert following["sortants"] != fresh_sql["sortants"]
    with open_vault(world) as connection:
        replay = Replay(connection, dataset)
        for month in range(1, months + 1):
            connection.execute(REVISION.format(month=month))
            replay.set_last_delivery(START + dt.timedelta(days=round(30.5 * month)))
            images.append(replay.version(following, fresh_sql))
    return images


class Replay:
    """One dataset on the vault of a world."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> None:
        self.connection, self.dataset = connection, dataset
        self.prefix = f"coffre.intermediate.int_{dataset.removeprefix('moncompteformation_')}"

    def set_last_delivery(self, day: dt.date) -> None:
        """Let the last delivery be of ``day``; later dossiers are not known yet."""
        self.connection.execute(
            "create or replace view coffre.staging.stg_atterrissage__depots as "
            f"select 'dossiers' as source, date '{day}' as date_extraction"
        )
        self.connection.execute(
            "create or replace table coffre.intermediate.int_dossiers__courants as "
            f"select * from coffre.intermediate.tous where date_validation <= '{day}'"
        )

    def version(self, sql: dict[str, str], fresh_sql: dict[str, str]) -> Image:
        """Build a version, look at it, and make it the current one."""
        self._build(fresh_sql)
        naive_rows, naive_members = self._rows(), self._members()
        self._build(sql)
        image = Image(
            rows=self._rows(),
            members=self._members(),
            naive_rows=naive_rows,
            naive_members=naive_members,
            joiners=self._count(f"from {self.prefix}__entrants"),
            leavers=self._leavers(),
            refused_revisions=self._count(f"from ({sql[REVISIONS]})"),
        )
        for table, template in TABLES.items():
            self.connection.execute(
                f"create or replace temp table {table} as from {self.prefix}__{template}"
            )
        for table in TABLES:
            self.connection.execute(
                f"create or replace table coffre.registre.{self.dataset}__{table} as from {table}"
            )
        return image

    def _build(self, sql: dict[str, str]) -> None:
        for template in MODELS:
            kind = "view" if template in VIEWS else "table"
            self.connection.execute(
                f"create or replace {kind} {self.prefix}__{template} as {sql[template]}"
            )

    def _rows(self) -> pd.DataFrame:
        return self.connection.execute(f"from {self.prefix}__diffusion").df()

    def _members(self) -> pd.DataFrame:
        return self.connection.execute(
            "select id_dossier, titulaire::varchar as titulaire, num_ligne, "
            "montant_engage::double as montant "
            f"from {self.prefix}__ouverts inner join {self.prefix}__lots using (num_lot)"
        ).df()

    def _leavers(self) -> frozenset[str]:
        rows = self.connection.execute(f"select id_dossier from {self.prefix}__sortants")
        return frozenset(name for (name,) in rows.fetchall())

    def _count(self, query: str) -> int:
        rows = self.connection.execute(f"select count(*) {query}").fetchone()
        return int(rows[0]) if rows else 0


def compile_models(world: World, dataset: str) -> dict[str, str]:
    """Return the SQL of the models and of the test of revisions, as dbt writes it now."""
    name = f"int_{dataset.removeprefix('moncompteformation_')}"
    target = world.data / "dbt" / "replay"
    completed = subprocess.run(
        [CPF.with_name("dbt"), "compile", "--select", f"{name}__*"],
        cwd=settings.PROJECT,
        env={
            **world.environment(),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
            "DBT_INDIRECT_SELECTION": "eager",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout
    files = {path.stem: path for path in target.rglob("compiled/**/*.sql")}
    sql = {template: _text(files[f"{name}__{template}"]) for template in MODELS}
    return sql | {REVISIONS: _text(files[f"revisions_sures_{name.removeprefix('int_')}"])}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@contextmanager
def open_vault(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the vault of a world for writing."""
    with settings.state_in(world.data), warehouse.vault() as connection:
        yield connection
