"""dlt: the generic REST source, page after page, into a DuckDB of its own."""

import json
import sys
import tempfile

import dlt
from dlt.sources.rest_api import rest_api_source

CATALOG = "moncompteformation_catalogueformation"


def main(url: str) -> None:
    """Print what was loaded."""
    paginator = {"type": "offset", "limit": 100, "total_path": "total_count", "maximum_offset": 900}
    where = 'nom_departement="Paris" and nb_action=1'
    source = rest_api_source(
        {
            "client": {"base_url": f"{url}/api/explore/v2.1/catalog/datasets/"},
            "resources": [
                {
                    "name": "offre",
                    "endpoint": {
                        "path": f"{CATALOG}/records",
                        "params": {"where": where, "order_by": "numero_formation"},
                        "data_selector": "results",
                        "paginator": paginator,
                    },
                }
            ],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "essai",
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(f"{folder}/essai.duckdb"),
            dataset_name="cpf",
        )
        pipeline.run(source)
        with pipeline.sql_client() as sql:
            query = (
                "select count(*), count(distinct numero_formation), "
                "sum(frais_ttc_tot_mean), min(date_extraction)::varchar from offre"
            )
            [[count, distinct, fees, day]] = sql.execute_sql(query)
    result = {"lignes": count, "distinctes": distinct, "frais": float(fees), "jour": day}
    print(json.dumps(result))


main(sys.argv[1])
