"""Does Frictionless accept the data package, data and hashes? Argument: folder of a version.

Rows are read from the CSV; of the other files, bytes and hashes are compared (Frictionless counts
neither when it reads a Parquet as a table). No script may be called ``frictionless_*``: the
library, which Validata uses too, imports every module of such a name as a plugin, and so runs it.
"""

import json
import sys
from pathlib import Path

from frictionless import Package, system
from frictionless.resources import FileResource
from verdict import exit_with

folder = Path(sys.argv[1])
content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
package = Package(str(folder / "datapackage.json"))
reports = []
with system.use_context(trusted=True):
    for item in content["resources"]:
        if item["format"] != "csv":
            package.remove_resource(item["name"])
            file = FileResource(
                path=str(folder / item["path"]), hash=item["hash"], bytes=item["bytes"]
            )
            reports.append(file.validate())
reports.append(package.validate())
exit_with([str(error) for report in reports for error in report.flatten(["type", "message"])])
