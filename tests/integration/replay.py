"""Successive versions of a dataset of persons: the models' own SQL on dossiers that change."""

import calendar
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pandas as pd

from orchestration import settings, warehouse
from orchestration.registry import TABLES
from tests.factories.diffusion_steps import compile_steps
from tests.factories.steps import ROWS, TOTALS, make, model, steps_of
from tests.integration.conftest import World

# Fewer values than the real ones: a small population then has rows at every level.
DOSSIERS = """
    create or replace table coffre.intermediate.tous as
    select * replace (
        date '2020-01-01' + cast(hash(id_dossier || 'jour') % 760 as integer) as date_validation,
        date '2020-01-01' + cast(hash(id_dossier || 'jour') % 760 as integer) as date_entree,
        true as est_entre,
        'Validé' as statut_dossier,
        ['RS6198', 'RNCP40344'][1 + cast(hash(id_dossier || 'titre') % 2 as integer)]
            as code_certification,
        ['75', '974'][1 + cast(hash(id_dossier || 'lieu') % 2 as integer)] as code_departement_lieu,
        ['75', '974'][1 + cast(hash(id_dossier || 'lieu') % 2 as integer)]
            as code_departement_residence,
        ['15-39 ans', '40 ans et plus'][1 + cast(hash(id_dossier || 'age') % 2 as integer)]
            as tranche_age,
        500 + hash(id_dossier || 'prix') % 1000 as montant_engage,
        500 + hash(id_dossier || 'prix') % 1000 - if(hash(id_dossier || 'opco') % 9 = 0, 100, 0)
            as montant_titulaire,
        if(hash(id_dossier || 'opco') % 9 = 0, 100, 0) as montant_opco,
        0 as montant_reste_a_charge, 0 as montant_employeur, 0 as montant_france_travail,
        0 as montant_region, 0 as montant_agefiph, 0 as montant_transitions_pro,
        0 as montant_autre, 0 as montant_non_ventile
    ),
    -- One in 150 is delivered late.
    if(hash(id_dossier || 'retard') % 150 = 0, 45, 0)::integer as retard
    from coffre.intermediate.int_dossiers__courants
"""
# What a month changes: a status in six, a price in forty, a place in 1,500, as many dates.
REVISION = """
    update coffre.intermediate.tous set
        statut_dossier = if(
            hash(id_dossier || 'statut{month}') % 6 = 0,
            [
                'Entrée en formation', 'Clos - Réalisation Totale', 'Clos - Réalisation Partielle',
                'Clos - Non Réalisé annulé titulaire'
            ][1 + cast(hash(id_dossier || 'suite{month}') % 4 as integer)],
            statut_dossier
        ),
        montant_engage
            = montant_engage + if(hash(id_dossier || 'prix{month}') % 40 = 0, 50, 0),
        montant_titulaire
            = montant_titulaire + if(hash(id_dossier || 'prix{month}') % 40 = 0, 50, 0),
        code_departement_lieu
            = if(hash(id_dossier || 'lieu{month}') % 1500 = 0, '13', code_departement_lieu),
        code_departement_residence
            = if(hash(id_dossier || 'lieu{month}') % 1500 = 0, '13', code_departement_residence),
        date_validation = date_validation + if(hash(id_dossier || 'jour{month}') % 1500 = 0, 40, 0),
        date_entree = date_entree + if(hash(id_dossier || 'jour{month}') % 1500 = 0, 40, 0)
"""
# What is counted of it, by column.
MOVES = {
    "status": "statut_dossier",
    "euros": "montant_engage",
    "place": "code_departement_lieu",
    "date": "date_validation",
}
STATE = """
    select
        etats.num_famille,
        etats.id_dossier,
        etats.titulaire::varchar as titulaire,
        etats.cohorte,
        (100 * etats.montant_engage)::bigint as cents,
        (10 * etats.heures)::bigint as tenths,
        familles.* exclude (num_famille, cohorte, cellules, nb_titulaires)
    from {etats} as etats
    left join {groupes} as familles on etats.num_famille = familles.num_famille
"""


@dataclass(frozen=True)
class Image:
    """What one version shows, and of whom.

    ``rows``: all published rows; ``editions``: the cohorts that it publishes; ``suites``: what
    became of the provisional rows; ``told``: the dossiers behind its new rows, a line each, in the
    state in which it tells them, with what their row keeps if it is not that of an older version.
    ``naive``: the same, were all cohorts computed anew.
    """

    day: dt.date
    rows: pd.DataFrame
    editions: pd.DataFrame
    suites: pd.DataFrame
    told: pd.DataFrame
    naive: pd.DataFrame


@dataclass(frozen=True)
class History:
    """Versions, and how many known dossiers changed in the vault between two of them.

    ``moved``: by kind of change; ``known``: dossiers that might have changed.
    """

    images: list[Image]
    moved: dict[str, int]
    known: int


def replay_versions(world: World, dataset: str, months: int) -> History:
    """Publish ``dataset`` once, then ``months`` times more, on dossiers that change a lot."""
    with open_vault(world) as connection:
        connection.execute("drop schema if exists coffre.registre cascade")
        connection.execute("create schema coffre.registre")
        connection.execute(DOSSIERS)
    fresh_sql = compile_steps(world.data)
    with open_vault(world) as connection:
        replay = Replay(connection, dataset)
        replay.set_last_delivery(_month_end(0))
        images = [replay.version(_month_end(0), fresh_sql, fresh_sql)]
    following = compile_steps(world.data)
    assert following[model(dataset, "places")] != fresh_sql[model(dataset, "places")]
    moved, known = dict.fromkeys(MOVES, 0), 0
    with open_vault(world) as connection:
        replay = Replay(connection, dataset)
        for month in range(1, months + 1):
            known += replay.count("select count(*) from coffre.intermediate.int_dossiers__courants")
            for kind, count in replay.revise(month).items():
                moved[kind] += count
            replay.set_last_delivery(_month_end(month))
            images.append(replay.version(_month_end(month), following, fresh_sql))
    return History(images, moved, known)


def _month_end(month: int) -> dt.date:
    """Last day of a month, from that of January 2021."""
    year, number = 2021 + month // 12, month % 12 + 1
    return dt.date(year, number, calendar.monthrange(year, number)[1])


class Replay:
    """One dataset on the vault of a world."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> None:
        self.connection, self.dataset = connection, dataset

    def set_last_delivery(self, day: dt.date) -> None:
        """Let the last delivery be of ``day``; later dossiers are not known yet."""
        self.connection.execute(
            "create or replace view coffre.staging.stg_atterrissage__depots as "
            f"select 'dossiers' as source, date '{day}' as date_extraction"
        )
        self.connection.execute(
            "create or replace table coffre.intermediate.int_dossiers__courants as "
            "select * exclude (retard) from coffre.intermediate.tous "
            f"where date_validation + retard <= date '{day}'"
        )

    def revise(self, month: int) -> dict[str, int]:
        """Change the dossiers; return how many known ones did, by kind of change."""
        self.connection.execute(REVISION.format(month=month))
        return {
            kind: self.count(
                f"select count(*) from coffre.intermediate.int_dossiers__courants as courants "
                f"inner join coffre.intermediate.tous as tous using (id_dossier) "
                f"where courants.{column} <> tous.{column}"
            )
            for kind, column in MOVES.items()
        }

    def version(self, day: dt.date, sql: dict[str, str], fresh_sql: dict[str, str]) -> Image:
        """Build a version, look at it, and make it the current one."""
        self._build(fresh_sql)
        naive = self._told()
        self._build(sql)
        image = Image(
            day=day,
            rows=self._frame("diffusion"),
            editions=self._frame("editions"),
            suites=self._frame("suites"),
            told=self._told(),
            naive=naive,
        )
        for table, step in TABLES.items():
            self.connection.execute(
                f"create or replace temp table {table} as from {self._table(step)}"
            )
        for table in TABLES:
            self.connection.execute(
                f"create or replace table coffre.registre.{self.dataset}__{table} as from {table}"
            )
        return image

    def count(self, query: str) -> int:
        """Return the one number of a query."""
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _build(self, sql: dict[str, str]) -> None:
        for step in steps_of(self.dataset, ROWS + TOTALS):
            make(self.connection, self.dataset, step, sql.__getitem__)

    def _table(self, step: str) -> str:
        return f"coffre.intermediate.{model(self.dataset, step)}"

    def _frame(self, step: str) -> pd.DataFrame:
        return self.connection.execute(f"from {self._table(step)}").df()

    def _told(self) -> pd.DataFrame:
        names = {step: self._table(step) for step in ("etats", "groupes")}
        return self.connection.execute(STATE.format(**names)).df()


@contextmanager
def open_vault(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the vault of a world for writing."""
    with settings.state_in(world.data), warehouse.vault() as connection:
        yield connection
