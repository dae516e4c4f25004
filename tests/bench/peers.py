"""One peer on one cube: ``python peers.py pytauargus|gconfid CUBE.json MASK.json``.

It runs in their environment, where this project is not installed.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

Cube = dict[str, Any]
SAFETY_RANGE = 10


def pytauargus(cube: Cube) -> tuple[list[str], float]:
    """Modular suppression (HiTaS) on one record per dossier, threshold rule."""
    from pytauargus import protect

    axes = [axis["name"] for axis in cube["axes"]]
    records: dict[str, list[Any]] = {axis: [] for axis in axes}
    for codes, count in cube["leaves"]:
        for axis, code in zip(axes, codes, strict=True):
            records[axis] += [code] * count
    records["nombre"] = [1] * len(records[axes[0]])
    with tempfile.TemporaryDirectory() as work:
        hierarchy = {axis["name"]: _hierarchy(axis, Path(work)) for axis in cube["axes"]}
        start = time.monotonic()
        protection = protect(
            records,
            axes,
            "nombre",
            safety_rules=f"FREQ({cube['threshold']},{SAFETY_RANGE})",
            suppress=f"MOD(1,{cube['minutes']},1,1,1)",
            hrc={axis: name for axis, name in hierarchy.items() if name},
            workdir=work,
        )
        seconds = time.monotonic() - start
        rows = protection.tables[0].rows
    hidden = [
        "|".join(row[axis] or "Total" for axis in axes) for row in rows if row["status"] in "UM"
    ]
    return hidden, seconds


def gconfid(cube: Cube) -> tuple[list[str], float]:
    """Linear programmes, one sensitive cell after the other."""
    import pandas as pd
    from gconfid import Suppression

    values = [float(cell["value"]) for cell in cube["cells"]]
    primary = set(cube["primary"])
    cells = pd.DataFrame(
        {
            "CellID": range(1, len(values) + 1),
            "Size": values,
            "TotalNoise": [value or 1.0 for value in values],
            "Sensitivity": [
                value if cell["id"] in primary else -1.0
                for cell, value in zip(cube["cells"], values, strict=True)
            ],
            # An empty cell must be published: it is a structural zero.
            "Status": [
                "S" if cell["id"] in primary else "V" if value else "P"
                for cell, value in zip(cube["cells"], values, strict=True)
            ],
            "Type": "C",
        }
    )
    constraints = pd.DataFrame(cube["relations"], columns=["ConstraintID", "CellID", "Coefficient"])
    start = time.monotonic()
    suppression = Suppression(incell=cells, inconstraint=constraints)
    seconds = time.monotonic() - start
    status = suppression.outsuppress.to_pandas().set_index("CellId")["OutStatus"]
    names = [cell["id"] for cell in cube["cells"]]
    return [names[int(cell) - 1] for cell in status.index[status.isin(["S", "X"])]], seconds


def _hierarchy(axis: dict[str, Any], work: Path) -> str | None:
    """Write the regions and their départements; None for a flat axis."""
    codes, parents = axis["codes"], axis["parents"]
    top = [node for node, parent in enumerate(parents) if parent == 0]
    lines = []
    for node in top:
        lines.append(codes[node])
        lines += [f"@{codes[leaf]}" for leaf, parent in enumerate(parents) if parent == node]
    if len(lines) == len(top):
        return None
    path = work / f"{axis['name']}.hrc"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


if __name__ == "__main__":
    peer = {"pytauargus": pytauargus, "gconfid": gconfid}[sys.argv[1]]
    hidden, seconds = peer(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    answer = {"hidden": hidden, "seconds": seconds}
    Path(sys.argv[3]).write_text(json.dumps(answer), encoding="utf-8")
