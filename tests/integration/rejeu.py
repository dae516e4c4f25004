"""Successive versions of a dataset of persons, replayed month by month on changing dossiers.

Belongs here: running the models' own SQL on dossiers made for it, and keeping what each version
shows of whom. Does not: what must be true of it (``test_revisions``).
"""

import datetime as dt
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration import settings, warehouse
from orchestration.publication.registre import TABLES
from tests.integration.conftest import CPF, World

MODELES = (
    *("dossiers", "sortants", "entrants", "cellules", "partition", "communs", "diffusion"),
    *("ouverts", "clos", "lots"),
)
VUES = {"dossiers", "entrants", "ouverts", "clos", "lots"}
REVISIONS = "revisions"
DEBUT = dt.date(2021, 1, 31)
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
            hash(id_dossier, {mois}, 'statut') % 6 = 0,
            ['Entrée en formation', 'Clos - Réalisation Totale'][1 + {mois} % 2],
            statut_dossier
        ),
        montant_engage
            = montant_engage + if(hash(id_dossier, {mois}, 'prix') % 40 = 0, 50, 0),
        montant_titulaire
            = montant_titulaire + if(hash(id_dossier, {mois}, 'prix') % 40 = 0, 50, 0),
        date_validation = date_validation + if(hash(id_dossier, {mois}, 'jour') % 100 = 0, 40, 0),
        date_entree = date_entree + if(hash(id_dossier, {mois}, 'jour') % 100 = 0, 40, 0)
"""


@dataclass(frozen=True)
class Image:
    """What one version shows: its rows, the open dossiers behind them, what came and went.

    ``naives``: the rows as they would be, were this version computed without those before.
    """

    lignes: pd.DataFrame
    membres: pd.DataFrame
    naives: pd.DataFrame
    membres_naifs: pd.DataFrame
    entrants: int
    sortants: frozenset[str]
    revisions_refusees: int


def rejouer(world: World, jeu: str, mois: int) -> list[Image]:
    """Publish ``jeu`` once, then ``mois`` times more, on dossiers that change a lot."""
    with coffre(world) as connection:
        connection.execute("drop schema if exists coffre.registre cascade")
        connection.execute("create schema coffre.registre")
        connection.execute(DOSSIERS)
    anew = compiler(world, jeu)
    with coffre(world) as connection:
        rejeu = Rejeu(connection, jeu)
        rejeu.arreter(DEBUT)
        images = [rejeu.version(anew, anew)]
    following = compiler(world, jeu)
    assert following["sortants"] != anew["sortants"]
    with coffre(world) as connection:
        rejeu = Rejeu(connection, jeu)
        for month in range(1, mois + 1):
            connection.execute(REVISION.format(mois=month))
            rejeu.arreter(DEBUT + dt.timedelta(days=round(30.5 * month)))
            images.append(rejeu.version(following, anew))
    return images


class Rejeu:
    """One dataset on the vault of a world."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, jeu: str) -> None:
        self.connection, self.jeu = connection, jeu
        self.prefixe = f"coffre.intermediate.int_{jeu.removeprefix('moncompteformation_')}"

    def arreter(self, jour: dt.date) -> None:
        """Let the last delivery be of ``jour``; later dossiers are not known yet."""
        self.connection.execute(
            "create or replace view coffre.staging.stg_atterrissage__depots as "
            f"select 'dossiers' as source, date '{jour}' as date_extraction"
        )
        self.connection.execute(
            "create or replace table coffre.intermediate.int_dossiers__courants as "
            f"select * from coffre.intermediate.tous where date_validation <= '{jour}'"
        )

    def version(self, sql: dict[str, str], anew: dict[str, str]) -> Image:
        """Build a version, look at it, and make it the current one."""
        self._construire(anew)
        naives, membres_naifs = self._lignes(), self._membres()
        self._construire(sql)
        image = Image(
            lignes=self._lignes(),
            membres=self._membres(),
            naives=naives,
            membres_naifs=membres_naifs,
            entrants=self._nombre(f"from {self.prefixe}__entrants"),
            sortants=self._sortants(),
            revisions_refusees=self._nombre(f"from ({sql[REVISIONS]})"),
        )
        for table, modele in TABLES.items():
            self.connection.execute(
                f"create or replace temp table {table} as from {self.prefixe}__{modele}"
            )
        for table in TABLES:
            self.connection.execute(
                f"create or replace table coffre.registre.{self.jeu}__{table} as from {table}"
            )
        return image

    def _construire(self, sql: dict[str, str]) -> None:
        for modele in MODELES:
            kind = "view" if modele in VUES else "table"
            self.connection.execute(
                f"create or replace {kind} {self.prefixe}__{modele} as {sql[modele]}"
            )

    def _lignes(self) -> pd.DataFrame:
        return self.connection.execute(f"from {self.prefixe}__diffusion").df()

    def _membres(self) -> pd.DataFrame:
        return self.connection.execute(
            "select id_dossier, titulaire::varchar as titulaire, num_ligne, "
            "montant_engage::double as montant "
            f"from {self.prefixe}__ouverts inner join {self.prefixe}__lots using (num_lot)"
        ).df()

    def _sortants(self) -> frozenset[str]:
        found = self.connection.execute(f"select id_dossier from {self.prefixe}__sortants")
        return frozenset(name for (name,) in found.fetchall())

    def _nombre(self, query: str) -> int:
        found = self.connection.execute(f"select count(*) {query}").fetchone()
        return int(found[0]) if found else 0


def compiler(world: World, jeu: str) -> dict[str, str]:
    """Return the SQL of the models and of the test of revisions, as dbt writes it now."""
    name = f"int_{jeu.removeprefix('moncompteformation_')}"
    target = world.data / "dbt" / "rejeu"
    done = subprocess.run(
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
    assert done.returncode == 0, done.stdout
    files = {path.stem: path for path in target.rglob("compiled/**/*.sql")}
    sql = {modele: _texte(files[f"{name}__{modele}"]) for modele in MODELES}
    return sql | {REVISIONS: _texte(files[f"revisions_sures_{name.removeprefix('int_')}"])}


def _texte(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@contextmanager
def coffre(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the vault of a world for writing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CPF_DATA", str(world.data))
        with warehouse.vault() as connection:
            yield connection
