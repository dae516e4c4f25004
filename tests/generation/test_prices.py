"""Prices end as prices do, in the offer as in the dossiers, and keep their mean."""

import duckdb
import numpy as np
import pytest

from orchestration.generation.consumption import SQL
from orchestration.generation.prices import displayed_prices
from tests.factories.generated import scalar

RNG = np.random.default_rng(1)
CENTS, DRAWS = np.exp(RNG.normal(11.9, 0.8, 20_000)), RNG.random(20_000)


def test_prices_are_round_or_just_below() -> None:
    prices = displayed_prices(CENTS, DRAWS)
    assert np.mean(prices % 100 == 0) > 0.9
    assert np.mean(prices % 5_000 == 0) > 0.4  # whole fifties of euros
    assert np.mean(prices % 10_000 >= 9_000) > 0.15  # 1 490, 999
    assert set(np.unique(prices % 100)) == {0, 90}
    assert prices.min() >= 3_000
    assert prices.mean() == pytest.approx(CENTS.mean(), rel=0.01)


def test_the_sql_of_dossiers_says_the_same_prices() -> None:
    base = duckdb.connect()
    base.execute((SQL / "macros.sql").read_text("utf-8").replace("$graine", "1"))
    draws = np.column_stack([CENTS, DRAWS])
    told = [
        base.execute("select prix_affiche($1::double, $2::double)", row.tolist()).fetchall()[0][0]
        for row in draws[:400]
    ]
    assert told == displayed_prices(CENTS, DRAWS)[:400].tolist()


def test_delivered_prices_have_these_endings(base: duckdb.DuckDBPyConnection) -> None:
    whole = "statut_dossier <> 'Clos - Réalisation Partielle'"
    paid = f"from dossiers where prix not like '-%' and {whole}"
    assert scalar(base, f"select avg((prix like '%.00')::integer) {paid}") > 0.9
    assert scalar(base, f"select avg((prix like '%.60')::integer) {paid}") < 0.001
    assert scalar(base, f"select avg((prix::double % 50 = 0)::integer) {paid}") > 0.4
