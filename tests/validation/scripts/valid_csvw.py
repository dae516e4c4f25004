"""Does the ``csvw`` library find the CSV as its description says? Argument: folder of a version."""

import sys
import warnings
from pathlib import Path

from csvw import CSVW
from verdict import exit_with

(description,) = Path(sys.argv[1]).glob("*.csv-metadata.json")
with warnings.catch_warnings(record=True) as caught_warnings:
    warnings.simplefilter("always")
    valid = CSVW(str(description), validate=True).is_valid
exit_with(
    []
    if valid
    else [str(caught_warning.message) for caught_warning in caught_warnings]
    or ["refusé sans motif"]
)
