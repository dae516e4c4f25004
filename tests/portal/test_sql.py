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
from portal.errors import ApiError
from portal.settings import Settings
from portal.sql.pool import Answer, Images, ProcessPool
from tests.factories import portal_double
from tests.factories.portal_double import HEAVY, Server

pytestmark = pytest.mark.slow

CANARY = "canari-7f3a"


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sql")
    portal_double.write_image(root / "essai.duckdb")
    for name in ("secret.csv", "secret.json", "secret.txt"):
        (root / name).write_text(f'{{"v": "{CANARY}"}}\n')
    return root


@pytest.fixture
def images(dossier: Path) -> Images:
    return (("essai", str(dossier / "essai.duckdb")),)


def _post_sql(images: Images, *queries: str, **overrides: Any) -> list[Answer | ApiError]:
    async def ask() -> list[Answer | ApiError]:
        nonexistent = Path("/nulle-part")
        base = Settings(nonexistent, nonexistent, nonexistent, nonexistent)
        pool = ProcessPool(dataclasses.replace(base, **overrides))
        answers: list[Answer | ApiError] = []
        for query in queries:
            request: dict[str, Any] = {"q": query, "format": "json", "parametres": []}
            request |= {"limite": 1000, "octets": 67_108_864}
            try:
                answers.append(await pool.answer(images, request, "client"))
            except ApiError as error:
                answers.append(error)
        await pool.close()
        return answers

    return asyncio.run(ask())


ATTACKS = [
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


def test_nothing_but_the_datasets_is_reached(dossier: Path, images: Images) -> None:
    before = sorted(path.name for path in dossier.iterdir())
    content = (dossier / "essai.duckdb").read_bytes()
    result = _post_sql(images, *(attack.format(dossier=dossier) for attack in ATTACKS))
    codes = [answer.status if isinstance(answer, ApiError) else 200 for answer in result]
    assert [pair for pair in zip(ATTACKS, codes, strict=True) if pair[1] != 400] == []
    for answer in result:
        assert isinstance(answer, ApiError)
        assert CANARY not in answer.message
        assert "root:" not in answer.message
    assert sorted(path.name for path in dossier.iterdir()) == before
    assert (dossier / "essai.duckdb").read_bytes() == content


@pytest.mark.parametrize(
    "query",
    [
        "select * from duckdb_databases()",
        "select * from duckdb_settings()",
        "select * from duckdb_views()",
        "select current_setting('temp_directory'), current_setting('allowed_paths')",
    ],
)
def test_only_the_path_of_the_image_is_visible(query: str, dossier: Path, images: Images) -> None:
    (answer,) = _post_sql(images, query)
    answer_text = answer.body.decode() if isinstance(answer, Answer) else answer.message
    assert str(settings.PROJECT) not in answer_text
    assert str(Path.home()) not in answer_text
    assert answer_text.count(str(dossier)) == answer_text.count(images[0][1])


def test_there_is_neither_secret_nor_log(dossier: Path, images: Images) -> None:
    before = sorted(dossier.iterdir())
    result = _post_sql(
        images,
        "from duckdb_secrets()",
        "from which_secret('s3://x', 's3')",
        "from duckdb_logs()",
        "from enable_logging(level := 'debug', storage := 'file',"
        f" storage_path := '{dossier}/journal')",
    )
    for answer in result:
        assert isinstance(answer, Answer)
        assert json.loads(answer.body)["results"] == []
    assert sorted(dossier.iterdir()) == before


def test_the_system_itself_refuses_any_file() -> None:
    """Even if DuckDB had a hole: the process has no descriptor left."""
    program = (
        "import os, socket\n"
        "from portal.sql import worker\n"
        "worker._limit()\n"
        "for attempt in (lambda: os.open('/etc/passwd', os.O_RDONLY), socket.socket):\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError as error:\n"
        "        print(os.strerror(error.errno))\n"
    )
    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert completed.stdout.splitlines() == ["Too many open files"] * 2


def test_a_query_leaves_nothing_to_the_next(images: Images) -> None:
    first, second = _post_sql(
        images,
        "select * from enable_profiling()",
        "select texte from essai where n = 1",
    )
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert json.loads(second.body)["results"] == [{"texte": "é"}]


def test_time_and_memory_are_bounded(images: Images) -> None:
    start = time.monotonic()
    late, greedy, again = _post_sql(
        images,
        HEAVY,
        "select length(string_agg(repeat('x', 1000))) from range(2000000)",
        "select count(*) as n from essai",
        sql_limite=1.5,
        sql_memoire="100MB",
    )
    assert isinstance(late, ApiError)
    assert (late.status, late.code) == (503, "QueryTimeout")
    assert isinstance(greedy, ApiError)
    assert (greedy.status, greedy.code) == (503, "QueryMemory")
    assert isinstance(again, Answer)
    assert time.monotonic() - start < 15


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = portal_double.start(tmp_path_factory.mktemp("portail"), sql_lignes=50)
    yield running
    assert running.stop() == 0


def _sql(server: Server, q: str, **params: str) -> Any:
    return server.request("/api/sql", params={"q": q, **params})


def test_json_tells_columns_and_rows(server: Server) -> None:
    result = _sql(server, "select n, texte, n as n from essai order by n").json()
    assert result["truncated"] is False
    assert [column["name"] for column in result["columns"]] == ["n", "texte", "n_1"]
    assert result["results"] == [
        {"n": 1, "texte": "é", "n_1": 1},
        {"n": 2, "texte": None, "n_1": 2},
    ]


def test_the_other_formats(server: Server) -> None:
    query = "select n, texte, date '2024-02-01' as d, [1, 2] as l from essai order by n"
    assert _sql(server, query, format="csv").content.decode() == (
        'n,texte,d,l\r\n1,é,2024-02-01,"[1,2]"\r\n2,,2024-02-01,"[1,2]"\r\n'
    )
    lines = _sql(server, query, format="jsonl").text.splitlines()
    assert json.loads(lines[1]) == {"n": 2, "texte": None, "d": "2024-02-01", "l": [1, 2]}
    parquet = pq.read_table(io.BytesIO(_sql(server, query, format="parquet").content))
    arrow = pa.ipc.open_stream(_sql(server, query, format="arrow").content).read_all()
    assert parquet.column("texte").to_pylist() == arrow.column("texte").to_pylist() == ["é", None]


def test_rare_values_have_a_json(server: Server) -> None:
    result = _sql(
        server,
        "select 170141183460469231731687303715884105727 as grand, 1.5::decimal(9,2) as d,"
        " 'nan'::double as nan, interval 1 day as i, 'ab'::blob as b, {'a': 1} as s,"
        " timestamptz '2024-01-01 00:00:00+00' as t",
    ).json()["results"][0]
    assert result["grand"] == 2**127 - 1
    assert (result["d"], result["s"], result["b"]) == (1.5, {"a": 1}, "6162")


def test_beyond_the_limit_the_answer_is_truncated(server: Server) -> None:
    for form in ("json", "csv", "parquet"):
        whole = _sql(server, "select * from range(50)", format=form)
        cut = _sql(server, "select * from range(51)", format=form)
        assert "X-Truncated" not in whole.headers
        assert cut.headers["X-Truncated"] == "true"
    assert len(_sql(server, "select * from range(9)", limit="3").json()["results"]) == 3


def test_parameters_are_values(server: Server) -> None:
    text = "'; drop view essai; --"
    result = _sql(server, "select ? as t, n from essai where n = ?", p1=text, p2="2").json()
    assert result["results"] == [{"t": text, "n": 2}]
    body = {"q": "select $x + n as s from essai order by 1", "params": {"x": 10}}
    posted = server.request("/api/sql", "POST", json=body).json()
    assert [row["s"] for row in posted["results"]] == [11, 12]
    form = server.request("/api/sql", "POST", data={"q": "select ? as v", "p1": "01"}).json()
    assert form["results"] == [{"v": "01"}]


@pytest.mark.parametrize(
    ("params", "expected"),
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
def test_a_faulty_request_is_told(server: Server, params: dict[str, str], expected: str) -> None:
    result = server.request("/api/sql", params=params)
    assert result.status_code == 400
    assert expected in result.json()["message"]
