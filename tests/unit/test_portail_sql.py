"""Read-only SQL: what it answers, and that nothing else than the datasets is reachable."""

import asyncio
import dataclasses
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import settings
from portal.erreurs import ApiError
from portal.reglages import Reglages
from portal.sql.processus import Images, Processus, Reponse
from tests.unit import portail_double
from tests.unit.portail_double import LOURDE, Serveur

CANARI = "canari-7f3a"


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sql")
    portail_double.fabriquer(root / "essai.duckdb")
    for name in ("secret.csv", "secret.json", "secret.txt"):
        (root / name).write_text(f'{{"v": "{CANARI}"}}\n')
    return root


@pytest.fixture
def images(dossier: Path) -> Images:
    return (("essai", str(dossier / "essai.duckdb")),)


def _demander(images: Images, *requetes: str, **reglages: Any) -> list[Reponse | ApiError]:
    async def ask() -> list[Reponse | ApiError]:
        nowhere = Path("/nulle-part")
        base = Reglages(nowhere, nowhere, nowhere, nowhere)
        pool = Processus(dataclasses.replace(base, **reglages))
        answers: list[Reponse | ApiError] = []
        for query in requetes:
            asked = {"q": query, "format": "json", "limite": 1000, "parametres": []}
            try:
                answers.append(await pool.demander(images, asked, "client"))
            except ApiError as error:
                answers.append(error)
        await pool.fermer()
        return answers

    return asyncio.run(ask())


ATTAQUES = [
    "select * from read_csv('{dossier}/secret.csv')",
    "select * from read_csv('/etc/passwd', header=false)",
    "select * from '{dossier}/secret.csv'",
    "select * from read_text('{dossier}/secret.txt')",
    "select * from read_blob('/proc/self/environ')",
    "select * from read_text('/proc/self/fd/0')",
    "select * from read_json('{dossier}/secret.json')",
    "select * from read_parquet('https://example.org/x.parquet')",
    "select * from parquet_metadata('{dossier}/secret.txt')",
    "select * from sniff_csv('{dossier}/secret.csv')",
    "select * from glob('{dossier}/*')",
    "select * from query('select * from read_text(''{dossier}/secret.txt'')')",
    "select * from query_table('{dossier}/secret.csv')",
    "select * from query_table(['{dossier}/secret.csv'])",
    "select * from json_execute_serialized_sql(json_serialize_sql("
    "'select * from read_text(''{dossier}/secret.txt'')'))",
    "select * from read_duckdb('{dossier}/autre.duckdb')",
    "select getenv('PATH')",
    "select * from arrow_scan(1, 2, 3)",
    "select * from pandas_scan(1)",
    "from requetes",
    "copy essai to '{dossier}/sortie.csv'",
    "copy (select 1) to '{dossier}/sortie.parquet'",
    "copy essai from '{dossier}/secret.csv'",
    "attach '{dossier}/autre.duckdb' as autre",
    "detach image_0",
    "install httpfs",
    "load httpfs",
    "load '{dossier}/secret.txt'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset lock_configuration",
    "pragma enable_external_access = true",
    "pragma threads = 99",
    "create table t as select 1",
    "create secret (type s3, key_id 'x')",
    "create macro m() as 1",
    "insert into essai values (3, 'x')",
    "update image_0.donnees set n = 0",
    "delete from image_0.donnees",
    "drop view essai",
    "alter view essai rename to autre",
    "import database '{dossier}'",
    "export database '{dossier}/export'",
    "call enable_logging(storage := 'file', storage_path := '{dossier}/journal')",
    "use image_0",
    "begin transaction",
    "checkpoint image_0",
    "vacuum",
    "prepare p as select 1",
    "select 1; select 2",
    "explain analyze copy essai to '{dossier}/sortie.csv'",
    "with x as (delete from image_0.donnees returning *) select * from x",
    "",
]


def test_rien_d_autre_que_les_jeux_n_est_atteint(dossier: Path, images: Images) -> None:
    before = sorted(path.name for path in dossier.iterdir())
    content = (dossier / "essai.duckdb").read_bytes()
    found = _demander(images, *(attack.format(dossier=dossier) for attack in ATTAQUES))
    codes = [answer.statut if isinstance(answer, ApiError) else 200 for answer in found]
    assert [pair for pair in zip(ATTAQUES, codes, strict=True) if pair[1] != 400] == []
    for answer in found:
        assert isinstance(answer, ApiError)
        assert CANARI not in answer.message
        assert "root:" not in answer.message
    assert sorted(path.name for path in dossier.iterdir()) == before
    assert (dossier / "essai.duckdb").read_bytes() == content


@pytest.mark.parametrize(
    "requete",
    [
        "select * from duckdb_databases()",
        "select * from duckdb_settings()",
        "select * from duckdb_views()",
        "select current_setting('temp_directory'), current_setting('allowed_paths')",
    ],
)
def test_seul_le_chemin_de_l_image_se_voit(requete: str, dossier: Path, images: Images) -> None:
    (answer,) = _demander(images, requete)
    told = answer.corps.decode() if isinstance(answer, Reponse) else answer.message
    assert str(settings.PROJECT) not in told
    assert str(Path.home()) not in told
    assert told.count(str(dossier)) == told.count(images[0][1])


def test_il_n_y_a_ni_secret_ni_journal(dossier: Path, images: Images) -> None:
    before = sorted(dossier.iterdir())
    found = _demander(
        images,
        "from duckdb_secrets()",
        "from which_secret('s3://x', 's3')",
        "from duckdb_logs()",
        "from enable_logging(level := 'debug', storage := 'file',"
        f" storage_path := '{dossier}/journal')",
    )
    for answer in found:
        assert isinstance(answer, Reponse)
        assert json.loads(answer.corps)["results"] == []
    assert sorted(dossier.iterdir()) == before


def test_le_systeme_lui_meme_refuse_tout_fichier() -> None:
    """Even if DuckDB had a hole: the process has no descriptor left."""
    program = (
        "import os, socket\n"
        "from portal.sql import ouvrier\n"
        "ouvrier._limiter()\n"
        "for attempt in (lambda: os.open('/etc/passwd', os.O_RDONLY), socket.socket):\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError as error:\n"
        "        print(os.strerror(error.errno))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["Too many open files"] * 2


def test_une_requete_ne_laisse_rien_a_la_suivante(images: Images) -> None:
    first, second = _demander(
        images,
        "select * from enable_profiling()",
        "select texte from essai where n = 1",
    )
    assert isinstance(first, Reponse)
    assert isinstance(second, Reponse)
    assert json.loads(second.corps)["results"] == [{"texte": "é"}]


def test_le_temps_et_la_memoire_sont_bornes(images: Images) -> None:
    start = time.monotonic()
    late, greedy, again = _demander(
        images,
        LOURDE,
        "select length(string_agg(repeat('x', 1000))) from range(2000000)",
        "select count(*) as n from essai",
        sql_limite=1.5,
        sql_memoire="100MB",
    )
    assert isinstance(late, ApiError)
    assert (late.statut, late.code) == (503, "QueryTimeout")
    assert isinstance(greedy, ApiError)
    assert (greedy.statut, greedy.code) == (503, "QueryMemory")
    assert isinstance(again, Reponse)
    assert time.monotonic() - start < 15


@pytest.fixture(scope="module")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    running = portail_double.demarrer(tmp_path_factory.mktemp("portail"), sql_lignes=50)
    yield running
    assert running.arreter() == 0


def _sql(serveur: Serveur, q: str, **params: str) -> Any:
    return serveur.demander("/api/sql", params={"q": q, **params})


def test_json_dit_colonnes_et_lignes(serveur: Serveur) -> None:
    found = _sql(serveur, "select n, texte, n as n from essai order by n").json()
    assert found["truncated"] is False
    assert [column["name"] for column in found["columns"]] == ["n", "texte", "n_1"]
    assert found["results"] == [
        {"n": 1, "texte": "é", "n_1": 1},
        {"n": 2, "texte": None, "n_1": 2},
    ]


def test_les_autres_formats(serveur: Serveur) -> None:
    query = "select n, texte, date '2024-02-01' as d, [1, 2] as l from essai order by n"
    assert _sql(serveur, query, format="csv").content.decode() == (
        'n,texte,d,l\r\n1,é,2024-02-01,"[1,2]"\r\n2,,2024-02-01,"[1,2]"\r\n'
    )
    lines = _sql(serveur, query, format="jsonl").text.splitlines()
    assert json.loads(lines[1]) == {"n": 2, "texte": None, "d": "2024-02-01", "l": [1, 2]}
    parquet = pq.read_table(io.BytesIO(_sql(serveur, query, format="parquet").content))
    arrow = pa.ipc.open_stream(_sql(serveur, query, format="arrow").content).read_all()
    assert parquet.column("texte").to_pylist() == arrow.column("texte").to_pylist() == ["é", None]


def test_les_valeurs_rares_ont_un_json(serveur: Serveur) -> None:
    found = _sql(
        serveur,
        "select 170141183460469231731687303715884105727 as grand, 1.5::decimal(9,2) as d,"
        " 'nan'::double as nan, interval 1 day as i, 'ab'::blob as b, {'a': 1} as s,"
        " timestamptz '2024-01-01 00:00:00+00' as t",
    ).json()["results"][0]
    assert found["grand"] == 2**127 - 1
    assert (found["d"], found["s"], found["b"]) == (1.5, {"a": 1}, "6162")


def test_au_dela_de_la_limite_la_reponse_est_coupee(serveur: Serveur) -> None:
    for form in ("json", "csv", "parquet"):
        whole = _sql(serveur, "select * from range(50)", format=form)
        cut = _sql(serveur, "select * from range(51)", format=form)
        assert "X-Truncated" not in whole.headers
        assert cut.headers["X-Truncated"] == "true"
    assert len(_sql(serveur, "select * from range(9)", limit="3").json()["results"]) == 3


def test_les_parametres_sont_des_valeurs(serveur: Serveur) -> None:
    text = "'; drop view essai; --"
    found = _sql(serveur, "select ? as t, n from essai where n = ?", p1=text, p2="2").json()
    assert found["results"] == [{"t": text, "n": 2}]
    body = {"q": "select $x + n as s from essai order by 1", "params": {"x": 10}}
    posted = serveur.demander("/api/sql", "POST", json=body).json()
    assert [row["s"] for row in posted["results"]] == [11, 12]
    form = serveur.demander("/api/sql", "POST", data={"q": "select ? as v", "p1": "01"}).json()
    assert form["results"] == [{"v": "01"}]


@pytest.mark.parametrize(
    ("params", "dit"),
    [
        ({}, "parameter q"),
        ({"q": "select 1", "format": "xml"}, "format"),
        ({"q": "select 1", "limit": "51"}, "limit"),
        ({"q": "select 1", "p2": "1"}, "gap"),
        ({"q": "selec 1"}, 'syntax error at or near "selec"'),
        ({"q": "select absent from essai"}, "absent"),
        ({"q": "select 'a'::integer"}, "Could not convert"),
    ],
)
def test_une_demande_fautive_est_dite(serveur: Serveur, params: dict[str, str], dit: str) -> None:
    found = serveur.demander("/api/sql", params=params)
    assert found.status_code == 400
    assert dit in found.json()["message"]
