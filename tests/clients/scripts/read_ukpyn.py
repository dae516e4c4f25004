"""ukpyn: typed answers, facets, a polygon, an export and an error."""

import asyncio
import json
import sys

from ukpyn import UKPNClient
from ukpyn.exceptions import NotFoundError, UKPNError

CATALOG = "moncompteformation_catalogueformation"


async def main(url: str) -> None:
    """Print what the client returned."""
    async with UKPNClient(base_url=url, api_key="aucune") as client:
        listed = await client.list_datasets(limit=100)
        described = await client.get_dataset(CATALOG)
        facets = await client.get_facets(CATALOG)
        page = await client.get_records(
            CATALOG,
            limit=5,
            columns=["numero_formation", "frais_ttc_tot_mean"],
            where="frais_ttc_tot_mean < 510",
            order_by="frais_ttc_tot_mean, numero_formation",
            refine={"nom_region": "Bretagne"},
        )
        try:
            # Its parameter is of API v1: let go, it would give every row.
            await client.get_records("types", geofilter_polygon="(40,-10),(40,10),(55,10)")
            polygon = ""
        except UKPNError as error:
            polygon = str(error)
        exported = await client.export_data(CATALOG, format="csv", limit=50)
        try:
            await client.get_dataset("inconnu")
            missing = False
        except NotFoundError:
            missing = True
    result = {
        "jeux": sorted(item.dataset.dataset_id for item in listed.datasets),
        "champs": len(described.fields or []),
        "facettes": sorted(group.name for group in facets.facets or []),
        "total": page.total_count,
        "premiers": [record.fields["numero_formation"] for record in page.records],
        "polygone": polygon,
        "export": len(exported.decode("utf-8-sig").splitlines()),
        "inconnu": missing,
    }
    print(json.dumps(result))


asyncio.run(main(sys.argv[1]))
