"""Does ``mlcroissant`` accept the description, and load every record? Argument: a version."""

import sys
from pathlib import Path

import mlcroissant
from mlcroissant._src.core.issues import GenerationError
from verdict import exit_with

description = Path(sys.argv[1]) / "croissant.json"
try:
    dataset = mlcroissant.Dataset(jsonld=str(description))
    (name,) = (record_set.uuid for record_set in dataset.metadata.record_sets)
    rows = sum(1 for _ in dataset.records(record_set=name))
except (mlcroissant.ValidationError, GenerationError) as error:
    exit_with([f"{type(error).__name__} : {error} ({error.__cause__})"])
print(f"{rows} enregistrements")
exit_with([])
