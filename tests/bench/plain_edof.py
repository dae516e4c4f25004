"""The plain alternative to the landing of the catalogue: what anybody writes with lxml and Arrow.

``iterparse``, the same columns of the same three tables, in Parquet. Nothing is checked, rejected,
encrypted, compared or remembered. Usage: ``python -m tests.bench.plain_edof CATALOGUE FOLDER``.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

_NAMESPACE = "{https://www.of.moncompteformation.gouv.fr}"
_FORMATION = ("intitule-formation", "objectif-formation", "resultats-attendus", "contenu-formation")
_ACTION = ("modalites-enseignement", "nombre-heures-centre", "nombre-heures-entreprise")
_ACTION_TOO = ("langue-formation", "acces-handicapes")
_BATCH = 20_000
Row = dict[str, object]


def _tag(name: str) -> str:
    return _NAMESPACE + name


def _texts(element: etree._Element, names: tuple[str, ...]) -> Row:
    return {name: element.findtext(_tag(name)) for name in names}


def _extras(element: etree._Element) -> Row:
    found = element.find(_tag("extras"))
    if found is None:
        return {}
    return {str(extra.get("info")): extra.text for extra in found.iter(_tag("extra"))}


class _Tables:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, list[Row]] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, name: str, row: Row) -> None:
        rows = self._rows.setdefault(name, [])
        rows.append(row)
        if len(rows) == _BATCH:
            self._write(name)

    def _write(self, name: str) -> None:
        kept = list(self._rows[name][0])
        table = pa.table(
            {key: pa.array([row.get(key) for row in self._rows[name]], pa.string()) for key in kept}
        )
        if name not in self._writers:
            path = self._folder / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
        self._writers[name].write_table(table)
        self._rows[name].clear()

    def close(self) -> None:
        for name, rows in self._rows.items():
            if rows:
                self._write(name)
            self._writers[name].close()


def main() -> None:
    """Read the catalogue and write its three tables."""
    catalog, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    tables = _Tables(folder)
    for _, element in etree.iterparse(str(catalog), tag=_tag("formation")):
        siret = element.find(f".//{_tag('SIRET')}")
        certification = element.find(_tag("certification"))
        key = {"numero": element.get("numero"), "siret": None if siret is None else siret.text}
        tables.add(
            "formations",
            key
            | {name: element.get(name) for name in ("datemaj", "datecrea")}
            | _texts(element, _FORMATION)
            | {"code": None if certification is None else certification[0].text}
            | {"points_forts": _extras(element).get("resume-contenu")},
        )
        for action in element.iterchildren(_tag("action")):
            place = action.find(f"{_tag('lieu-de-formation')}//{_tag('adresse')}")
            prices = _extras(action)
            numbered = key | {"action": action.get("numero"), "datemaj": action.get("datemaj")}
            tables.add(
                "actions",
                numbered
                | _texts(action, _ACTION + _ACTION_TOO)
                | {"codepostal": None, "ville": None}
                | ({} if place is None else _texts(place, ("codepostal", "ville")))
                | {name: prices.get(name) for name in ("taux-tva", "frais-ht", "frais-ttc")},
            )
            for session in action.iterchildren(_tag("session")):
                period = session.find(_tag("periode"))
                tables.add(
                    "sessions",
                    numbered
                    | {"session": session.get("numero"), "debut": None, "fin": None}
                    | ({} if period is None else _texts(period, ("debut", "fin")))
                    | _texts(session, ("etat-recrutement",))
                    | {"garantie": _extras(session).get("garantie")},
                )
        element.clear()
        offers = element.getparent()
        while offers is not None and element.getprevious() is not None:
            del offers[0]
    tables.close()


if __name__ == "__main__":
    main()
