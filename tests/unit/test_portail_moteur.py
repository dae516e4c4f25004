"""The engine of the portal: limits, fairness, cancellation, with queries that really last."""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from portal.erreurs import ApiError
from portal.moteur import Moteur, Sql, Table, Voie
from portal.reglages import Reglages, lire_reglages
from portal.voies import Bornes, Places

LOURDE = Sql("select sum(a.range * b.range) from range(100000) a, range(1000000) b")
LEGERE = Sql("select ? + 1 as n", (1,))

Fabrique = Callable[..., Moteur]


@pytest.fixture
def moteur(tmp_path: Path) -> Iterator[Fabrique]:
    made: list[Moteur] = []

    def make(**changes: Any) -> Moteur:
        base = Reglages(tmp_path / "p", tmp_path / "s", tmp_path / "i", tmp_path / "t")
        made.append(Moteur(dataclasses.replace(base, memoire="300MB", **changes)))
        return made[-1]

    yield make
    for item in made:
        item.fermer()


async def _code(attente: Awaitable[Table]) -> str:
    try:
        await attente
    except ApiError as error:
        return f"{error.statut} {error.code}{'' if 'Retry-After' in error.entetes else ' !'}"
    return "200"


def test_une_requete_rend_ses_colonnes_et_ses_lignes(moteur: Fabrique) -> None:
    assert asyncio.run(moteur().lire(LEGERE)) == Table(("n",), [(2,)])


def test_une_requete_trop_longue_est_arretee(moteur: Fabrique) -> None:
    engine = moteur(limite_rapide=0.6, limite_lente=0.3)

    async def scenario() -> None:
        for voie, least in ((Voie.RAPIDE, 0.6), (Voie.LENTE, 0.3)):
            start = time.perf_counter()
            assert await _code(engine.lire(LOURDE, voie=voie)) == "503 QueryTimeout"
            assert least <= time.perf_counter() - start < least + 1
        await asyncio.sleep(0.3)
        assert engine.lentes.libres == engine.reglages.lentes

    asyncio.run(scenario())


def test_un_client_parti_libere_sa_place(moteur: Fabrique) -> None:
    engine = moteur()

    async def scenario() -> None:
        tasks = [asyncio.create_task(engine.lire(LOURDE)) for _ in range(6)]
        await asyncio.sleep(1)
        assert engine.lentes.libres == 0
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.5)
        slots = (engine.lentes, engine.nouvelles, engine.connues)
        assert [item.libres for item in slots] == [item.bornes.places for item in slots]
        assert not any(item.en_attente for item in slots)

    asyncio.run(scenario())


@pytest.mark.parametrize("texte", ["select ? + 1 as n", "select ? + {} as n"])
def test_cent_requetes_lourdes_n_affament_pas_les_legeres(moteur: Fabrique, texte: str) -> None:
    """All from one address, all heavy texts new to the engine; light ones known, then new too."""
    engine = moteur(limite_rapide=1.5, patience=4.0)

    async def light() -> list[float]:
        durations = []
        for number in range(40):
            start = time.perf_counter()
            assert (await engine.lire(Sql(texte.format(number), (number,)))).lignes
            durations.append(time.perf_counter() - start)
            await asyncio.sleep(0.05)
        return durations

    async def scenario() -> tuple[list[float], list[str]]:
        await engine.lire(LEGERE)
        heavy = [Sql(f"{LOURDE.texte} where a.range > {number}") for number in range(100)]
        tasks = [asyncio.create_task(_code(engine.lire(item))) for item in heavy]
        await asyncio.sleep(0)
        return await light(), await asyncio.gather(*tasks)

    durations, codes = asyncio.run(scenario())
    assert max(durations) < 1
    assert set(codes) <= {"503 QueryTimeout", "503 ServiceUnavailable", "429 TooManyRequests"}
    assert codes.count("503 QueryTimeout") < 50  # the others were refused before they ran


def test_les_clients_passent_a_tour_de_role() -> None:
    async def scenario() -> list[str]:
        slots = Places("essai", Bornes(1, 10, 10, 5))
        await slots.prendre("a")
        order: list[str] = []

        async def wait(client: str) -> None:
            await slots.prendre(client)
            order.append(client)
            slots.rendre()

        tasks = [asyncio.create_task(wait(client)) for client in ("a", "a", "a", "b")]
        await asyncio.sleep(0)
        slots.rendre()
        await asyncio.gather(*tasks)
        assert slots.libres == 1
        return order

    assert asyncio.run(scenario()) == ["a", "b", "a", "a"]


def test_un_client_qui_attend_trop_est_refuse() -> None:
    async def scenario() -> None:
        slots = Places("essai", Bornes(1, 1, 1, 0.05))
        await slots.prendre("a")
        with pytest.raises(ApiError) as late:
            await slots.prendre("a")
        assert late.value.statut == 503
        waiting = asyncio.create_task(slots.prendre("a"))
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as many:
            await slots.prendre("b")
        assert many.value.statut == 429
        slots.rendre()
        await waiting
        assert slots.libres == 0

    asyncio.run(scenario())


def test_la_memoire_qui_manque_est_dite(moteur: Fabrique) -> None:
    engine = moteur()
    greedy = Sql("select length(string_agg(repeat('x', 1000))) from range(2000000)")
    assert asyncio.run(_code(engine.lire(greedy))) == "503 QueryMemory"


def test_un_flux_rend_tout_dans_l_ordre(moteur: Fabrique) -> None:
    engine = moteur()

    async def scenario() -> list[int]:
        found: list[int] = []
        async for batch in engine.flux(Sql("select range as n from range(?)", (100_000,))):
            found += batch.column(0).to_pylist()
        await asyncio.sleep(0.1)
        assert engine.lentes.libres == engine.reglages.lentes
        return found

    assert asyncio.run(scenario()) == list(range(100_000))


def test_un_flux_que_personne_ne_lit_laisse_sa_place(moteur: Fabrique) -> None:
    engine = moteur(lentes=1)

    async def scenario() -> None:
        stream = engine.flux(Sql("select range from range(100000000)"))
        await anext(stream)
        assert engine.lentes.libres == 0
        await asyncio.sleep(1.2)
        assert engine.lentes.libres == 1
        await anext(stream)
        assert engine.lentes.libres == 0
        await stream.aclose()
        await asyncio.sleep(0.2)
        assert engine.lentes.libres == 1

    asyncio.run(scenario())


def test_un_flux_abandonne_pendant_son_calcul_est_arrete(moteur: Fabrique) -> None:
    engine = moteur()

    async def scenario() -> None:
        async def read() -> None:
            async for _ in engine.flux(LOURDE):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.4)
        assert engine.lentes.libres == engine.reglages.lentes

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "texte",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/proc/self/environ')",
        "attach '/tmp/autre.duckdb'",
        "install httpfs",
        "load httpfs",
        "set threads = 4",
        "select * from read_parquet('https://example.org/a.parquet')",
    ],
)
def test_la_base_est_fermee(moteur: Fabrique, texte: str) -> None:
    with pytest.raises(duckdb.Error):
        asyncio.run(moteur().lire(Sql(texte)))


def test_les_images_peuvent_etre_attachees_apres_la_fermeture(
    moteur: Fabrique, tmp_path: Path
) -> None:
    engine = moteur()
    image = engine.dossier_images / "a.duckdb"
    with duckdb.connect(str(image)) as made:
        made.execute("create table t as select 7 as n")
    engine.connexion.execute(f"attach '{image}' as a (read_only)")
    assert asyncio.run(engine.lire(Sql("select n from a.t"))).lignes == [(7,)]


def test_un_reglage_illisible_est_dit() -> None:
    assert lire_reglages(environ={"CPF_PORTAIL_FILS": "3"}).fils == 3
    with pytest.raises(ValueError, match="CPF_PORTAIL_QUOTA"):
        lire_reglages(environ={"CPF_PORTAIL_QUOTA": "beaucoup"})
