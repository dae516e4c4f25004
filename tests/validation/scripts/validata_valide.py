"""Does Validata accept the Table Schema, and the CSV by it? Argument: a version's folder."""

import sys
from pathlib import Path

import validata_core
from verdict import rendre

folder = Path(sys.argv[1])
(csv,) = folder.glob("*.csv")
checked = validata_core.validate_schema(str(folder / "schema.json"))
