"""geopandas and pandas: exports over HTTP, GeoJSON, GeoParquet and filtered Parquet."""

import io
import json
import sys
import urllib.parse
import urllib.request

import geopandas as gpd
import pandas as pd

CATALOG = "moncompteformation_catalogueformation"


def main(url: str) -> None:
    """Print what both read."""
    datasets = f"{url}/api/explore/v2.1/catalog/datasets"
    geojson = gpd.read_file(f"{datasets}/types/exports/geojson")
    with urllib.request.urlopen(f"{datasets}/types/exports/parquet") as answer:  # noqa: S310
        content = answer.read()
    parquet = gpd.read_parquet(io.BytesIO(content))
    same = geojson.set_index("id").geometry.dropna()
    other = parquet.set_index("id").geometry.dropna()
    where = urllib.parse.quote("nom_departement='Paris' and frais_ttc_tot_mean <= 700")
    filtered = f"{datasets}/{CATALOG}/exports/parquet?where={where}"
    with urllib.request.urlopen(filtered) as answer:  # noqa: S310
        frame = pd.read_parquet(io.BytesIO(answer.read()))
    result = {
        "geojson": len(geojson),
        "geoparquet": len(parquet),
        "memes_points": bool(same.sort_index().geom_equals(other.sort_index()).all()),
        "places": len(same),
        "repere": str(parquet.crs.to_authority()),
        "filtre": len(frame),
        "frais": float(frame["frais_ttc_tot_mean"].sum()),
    }
    print(json.dumps(result))


main(sys.argv[1])
