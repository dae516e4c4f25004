"""DuckDB over HTTP: Parquet filtered by the server, read by pieces; then CSV and JSON."""

import json
import sys
import urllib.parse

import duckdb
from duckdb_extensions import import_extension

CATALOG = "moncompteformation_catalogueformation"


def main(url: str) -> None:
    """Print what it reads."""
    connection = duckdb.connect()
    import_extension("httpfs", con=connection)
    connection.load_extension("httpfs")
    exports = f"{url}/api/explore/v2.1/catalog/datasets/{CATALOG}/exports"

    def ask(query: str, form: str = "parquet", **params: str) -> list[object]:
        address = f"{exports}/{form}?{urllib.parse.urlencode(params)}"
        (row,) = connection.execute(query, [address]).fetchall()
        return list(row)

    paris = {"where": "nom_departement='Paris' and frais_ttc_tot_mean <= 700"}
    fees = "select count(*), sum(frais_ttc_tot_mean) from read_parquet(?)"
    result = {
        "tout": ask("select count(*), sum(nb_action) from read_parquet(?)"),
        "filtre": ask(fees, **paris),
        "encore": ask(fees, **paris),
        "choisi": ask(
            "select count(*), count(distinct nom_region) from read_parquet(?)"
            " where nom_region like 'Bret%'",
            select="nom_region,nb_action",
            order_by="numero_formation",
            limit="500",
        ),
        "groupes": ask(
            "select count(*), sum(n) from read_parquet(?)",
            select="count(*) as n",
            group_by="nom_departement",
        ),
        "vide": ask("select count(*) from read_parquet(?)", where="nb_action > 99"),
        "csv": ask("select count(*), sum(nb_action) from read_csv(?, delim = ';')", "csv"),
        "json": ask("select count(*), sum(nb_action) from read_json(?)", "jsonl", **paris),
    }
    print(json.dumps(result))


main(sys.argv[1])
