"""Does Validata accept the Table Schema, and the CSV by it? Argument: folder of a version."""

import sys
from pathlib import Path

import validata_core
from verdict import exit_with

folder = Path(sys.argv[1])
(csv,) = folder.glob("*.csv")
schema = str(folder / "schema.json")
reports = [validata_core.validate_schema(schema), validata_core.validate(str(csv), schema)]
print(f"{reports[1].stats.rows} lignes")
exit_with([str(error.to_dict()) for report in reports for error in report.errors])
