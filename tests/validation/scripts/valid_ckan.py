"""Does CKAN's DCAT plugin read the catalogue: every dataset, every file with its hash?

Argument: a folder with ``site/catalogue.ttl`` and ``publications/``, whose manifests say what
there is to read.
"""

import json
import sys
from pathlib import Path

from ckanext.dcat.processors import RDFParser
from verdict import exit_with

root = Path(sys.argv[1])
parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse((root / "site" / "catalogue.ttl").read_text(encoding="utf-8"), _format="turtle")
datasets = list(parser.datasets())
hashes = {item.get("hash") for dataset in datasets for item in dataset["resources"]}
reasons = [
    f"{dataset.get('uri')} : sans {key}"
    for dataset in datasets
    for key in ("title", "notes", "tags", "resources", "version")
    if not dataset.get(key)
]
reasons += [
    f"{item.get('uri')} : sans {key}"
    for dataset in datasets
    for item in dataset["resources"]
    for key in ("url", "name", "format", "size", "hash", "license")
    if not item.get(key)
]
versions = sorted((root / "publications").glob("*/current.json"))
for current in versions:
    name = json.loads(current.read_text(encoding="utf-8"))["version"]
    manifest = json.loads((current.parent / name / "manifest.json").read_text(encoding="utf-8"))
    reasons += [
        f"{item['nom']} : CKAN n'a pas lu son empreinte"
        for item in manifest["fichiers"]
        if "lignes" in item and item["sha256"] not in hashes
    ]
print(f"{len(datasets)} jeux et versions, {len(hashes)} empreintes")
exit_with(reasons if versions else ["aucune publication"])
