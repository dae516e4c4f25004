"""Does ``datacontract`` accept the contract, and the files that it names? Argument: a version's folder."""

import os
import sys
from pathlib import Path

from datacontract.data_contract import DataContract
from verdict import rendre

# The paths of the contract are relative to it.
os.chdir(sys.argv[1])
name = "contrat.odcs.yaml"
runs = [DataContract(data_contract_file=name).lint()]
if runs[0].result == "passed":
    runs += [
        DataContract(data_contract_file=name, server=server).test() for server in ("parquet", "csv")
    ]
checks = [check for run in runs for check in run.checks]
print(f"{len(checks)} contrôles, {Path(name).stat().st_size} octets")
rendre(
    [
        f"{check.result} : {check.name} : {check.reason}"
        for check in checks
        if check.result != "passed"
    ]
    + [f"{run.result}" for run in runs if run.result != "passed"]
)
