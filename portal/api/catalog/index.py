"""The catalogue as a dataset: one row per dataset, asked in ODSQL like any other."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from orchestration.sql import identifier
from portal.api.catalog.description import features, internal_id, metas
from portal.engine.engine import Engine
from portal.images.words import split_words
from portal.packages.dataset import Dataset
from portal.packages.field import Field, Type

_MULTIVALUED = {"multivalued": ",", "facet": True}
_COLUMNS: dict[Type, str] = {
    Type.TEXT: "varchar",
    Type.INT: "bigint",
    Type.BOOLEAN: "boolean",
    Type.DATETIME: "timestamp",
}
# Field, type, annotations. All but the first few are metadata of the template "default".
_FIELD_SPECS: tuple[tuple[str, Type, dict[str, Any]], ...] = (
    ("dataset_id", Type.TEXT, {"id": True}),
    ("dataset_uid", Type.TEXT, {}),
    ("has_records", Type.BOOLEAN, {}),
    ("features", Type.TEXT, _MULTIVALUED),
    ("title", Type.TEXT, {"sortable": True}),
    ("description", Type.TEXT, {}),
    ("theme", Type.TEXT, _MULTIVALUED),
    ("keyword", Type.TEXT, _MULTIVALUED),
    ("license", Type.TEXT, {"facet": True}),
    ("license_url", Type.TEXT, {}),
    ("language", Type.TEXT, {"facet": True}),
    ("territory", Type.TEXT, _MULTIVALUED),
    ("publisher", Type.TEXT, {"facet": True}),
    ("references", Type.TEXT, {}),
    ("update_frequency", Type.TEXT, {"facet": True}),
    ("records_count", Type.INT, {}),
    ("modified", Type.DATETIME, {"facet": True}),
    ("data_processed", Type.DATETIME, {}),
    ("metadata_processed", Type.DATETIME, {}),
)
FIELDS = tuple(
    Field(name, kind, rank, name, annotations=annotations)
    for rank, (name, kind, annotations) in enumerate(_FIELD_SPECS)
)
_ALIAS = {
    "datasetid": "dataset_id",
    **{f"default.{item.nom}": item.nom for item in FIELDS[4:]},
}
# A catalogue that was replaced so many times ago is read by no request any more.
_MAX_KEPT = 64
_numbers = count(1)


@dataclass(frozen=True)
class Index:
    """The catalogue of a moment: the datasets that it lists, and itself as a dataset."""

    datasets: tuple[Dataset, ...]
    dataset: Dataset


class Directory:
    """Keeps the tables of the catalogue, and of the few versions that were asked for alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._index: OrderedDict[tuple[str, ...], Index] = OrderedDict()

    def index(self, datasets: Iterable[Dataset]) -> Index:
        """Return the catalogue of these versions, made if it is not kept."""
        listed = tuple(datasets)
        key = tuple(item.base for item in listed)
        if key not in self._index:
            self._index[key] = self._build(listed)
            self._forget()
        self._index.move_to_end(key)
        return self._index[key]

    def _build(self, datasets: tuple[Dataset, ...]) -> Index:
        schema = f"repertoire_{next(_numbers)}"
        cursor = self._engine.connection.cursor()
        cursor.execute(f"create schema memory.{schema}")
        base = f"memory.{schema}"
        self._table(cursor, f"{base}.donnees", _columns(), [_row(dataset) for dataset in datasets])
        for field in FIELDS:
            if field.type is Type.TEXT:
                texts = sorted(_texts(field, datasets))
                rows = [(text, f" {' '.join(split_words(text))} ") for text in texts]
                names = (("valeur", "varchar"), ("mots", "varchar"))
                self._table(cursor, f"{base}.{identifier(field.dictionary_table)}", names, rows)
        moment = max((dataset.modified for dataset in datasets), default=dt.datetime.now(dt.UTC))
        catalog_dataset = Dataset(
            id="catalog",
            version="",
            fields=FIELDS,
            alias=_ALIAS,
            key=("dataset_id",),
            nombre=len(datasets),
            modified=moment,
            metas={},
            files=(),
            base=base,
        )
        return Index(datasets, catalog_dataset)

    @staticmethod
    def _table(
        cursor: Any,
        name: str,
        columns: Sequence[tuple[str, str]],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        listed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns)
        cursor.execute(f"create table {name} ({listed})")
        if rows:
            marks = ", ".join("?" for _ in columns)
            cursor.executemany(f"insert into {name} values ({marks})", rows)

    def _forget(self) -> None:
        while len(self._index) > _MAX_KEPT:
            _, old = self._index.popitem(last=False)
            self._engine.connection.cursor().execute(f"drop schema {old.dataset.base} cascade")


def _columns() -> list[tuple[str, str]]:
    return [(item.nom, "varchar[]" if item.multivalued else _COLUMNS[item.type]) for item in FIELDS]


def _row(dataset: Dataset) -> tuple[Any, ...]:
    known = {
        "dataset_id": dataset.id,
        "dataset_uid": internal_id(dataset.id),
        "has_records": True,
        "features": features(dataset),
        **metas(dataset),
    }
    return tuple(_value(item, known.get(item.nom)) for item in FIELDS)


def _value(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.multivalued:
        return [str(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
    if field.type is Type.DATETIME:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        return moment.astimezone(dt.UTC).replace(tzinfo=None)
    if field.type is Type.TEXT:
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return value


def _texts(field: Field, datasets: Iterable[Dataset]) -> set[str]:
    texts: set[str] = set()
    for dataset in datasets:
        value = _row(dataset)[field.rank]
        texts.update(value if isinstance(value, list) else [value] if value else [])
    return texts
