"""portalkit: the catalogue, a filtered page, all rows, as its documentation shows."""

import json
import sys

import portalkit

CATALOG = "moncompteformation_catalogueformation"


def main(url: str) -> None:
    """Print what the client returned."""
    portal = portalkit.open(url, kind="opendatasoft", cache=False)
    result = portal.search("formation")
    data = portal.dataset(CATALOG)
    frame = data.to_pandas(
        where="nom_departement = 'Paris' and frais_ttc_tot_mean <= 700",
        select="numero_formation, frais_ttc_tot_mean, date_extraction",
        order="frais_ttc_tot_mean desc",
        limit=150,
    )
    all_rows = data.to_pandas()
    many = data.to_pandas(limit=10_500)
    types = portal.dataset("types").to_pandas()
    try:
        portal.dataset("inconnu").info  # noqa: B018 (it asks)
        missing = False
    except portalkit.DatasetNotFound:
        missing = True
    summary = {
        "detecte": type(portalkit.open(url, cache=False)).__name__,
        "trouves": [item.id for item in result],
        "lignes_annoncees": data.info.rows,
        "champs": [[field.name, field.dtype] for field in data.info.fields],
        "page": len(frame),
        "premier": float(frame["frais_ttc_tot_mean"].iloc[0]),
        "ordonne": bool(frame["frais_ttc_tot_mean"].is_monotonic_decreasing),
        "toutes": len(all_rows),
        "distinctes": int(all_rows["numero_formation"].nunique()),
        "beaucoup": len(many),
        "dtypes": {name: str(kind) for name, kind in types.dtypes.items()},
        "inconnu": missing,
    }
    print(json.dumps(summary))


main(sys.argv[1])
