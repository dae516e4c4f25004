"""odsclient: whole datasets, and an error, as programs written for another portal read them."""

import json
import sys

from odsclient import ODSClient
from odsclient.core import ODSException

CATALOG = "moncompteformation_catalogueformation"


def main(url: str) -> None:
    """Print what the client returned."""
    client = ODSClient(platform_id=None, base_url=url, use_keyring=False)
    labels = client.get_whole_dataframe(CATALOG)
    names = client.get_whole_dataframe("types", use_labels_for_header=False)
    text = client.get_whole_dataset(
        "types", csv_separator=",", timezone="Europe/Paris", use_labels_for_header=False
    )
    try:
        client.get_whole_dataframe("inconnu")
        error = ""
    except ODSException as raised:
        error = raised.error_msg
    result = {
        "lignes": len(labels),
        "libelles": list(labels.columns),
        "frais": float(labels["Frais TTC moyens"].sum()),
        "type_des_frais": str(labels["Frais TTC moyens"].dtype),
        "types": len(names),
        "colonnes": list(names.columns),
        "csv": text.splitlines()[:2],
        "erreur": error,
    }
    print(json.dumps(result))


main(sys.argv[1])
