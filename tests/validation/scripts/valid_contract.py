"""Does ``datacontract`` accept the contract and its files? Argument: folder of a version."""

import os
import sys

from datacontract.data_contract import DataContract
from verdict import exit_with

CONTRACT = "contrat.odcs.yaml"
# "warning" is said of what the tool cannot check: the types of a Parquet file.
ACCEPTED = ("passed", "warning")

# The paths of the contract are relative to it.
os.chdir(sys.argv[1])
runs = [DataContract(data_contract_file=CONTRACT).lint()]
if runs[0].result in ACCEPTED:
    servers = ("parquet", "csv")
    runs += [DataContract(data_contract_file=CONTRACT, server=name).test() for name in servers]
checks = [check for run in runs for check in run.checks]
print(f"{len(checks)} contrôles, dont {sum(c.result == 'passed' for c in checks)} réussis")
refused = [
    f"{check.result.value} : {check.name} : {check.reason}"
    for check in checks
    if check.result not in ACCEPTED
]
exit_with(refused + [run.result.value for run in runs if run.result not in ACCEPTED])
