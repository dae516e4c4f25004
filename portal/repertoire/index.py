"""The catalogue as a dataset: one row per dataset, asked in ODSQL like any other.

Belongs here: its fields, and the tables that hold it. Does not: answers (``portal.explore``).
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from portal.catalogue.champ import Champ, Type
from portal.catalogue.jeu import Jeu
from portal.catalogue.mots import mots
from portal.moteur import Moteur
from portal.odsql.fragment import identifiant
from portal.repertoire.description import fonctionnalites, identifiant_interne, metas

_LISTE = {"multivalued": ",", "facet": True}
_COLONNES: dict[Type, str] = {
    Type.TEXT: "varchar",
    Type.INT: "bigint",
    Type.BOOLEAN: "boolean",
    Type.DATETIME: "timestamp",
}
# Field, type, annotations. All but the first few are metadata of the template "default".
_CHAMPS: tuple[tuple[str, Type, dict[str, Any]], ...] = (
    ("dataset_id", Type.TEXT, {"id": True}),
    ("dataset_uid", Type.TEXT, {}),
    ("has_records", Type.BOOLEAN, {}),
    ("features", Type.TEXT, _LISTE),
    ("title", Type.TEXT, {"sortable": True}),
    ("description", Type.TEXT, {}),
    ("theme", Type.TEXT, _LISTE),
    ("keyword", Type.TEXT, _LISTE),
    ("license", Type.TEXT, {"facet": True}),
    ("license_url", Type.TEXT, {}),
    ("language", Type.TEXT, {"facet": True}),
    ("territory", Type.TEXT, _LISTE),
    ("publisher", Type.TEXT, {"facet": True}),
    ("references", Type.TEXT, {}),
    ("update_frequency", Type.TEXT, {"facet": True}),
    ("records_count", Type.INT, {}),
    ("modified", Type.DATETIME, {"facet": True}),
    ("data_processed", Type.DATETIME, {}),
    ("metadata_processed", Type.DATETIME, {}),
)
CHAMPS = tuple(
    Champ(name, kind, rank, name, annotations=annotations)
    for rank, (name, kind, annotations) in enumerate(_CHAMPS)
)
_ALIAS = {
    "datasetid": "dataset_id",
    **{f"default.{item.nom}": item.nom for item in CHAMPS[4:]},
}
# A catalogue that was replaced so many times ago is read by no request any more.
_GARDES = 64
_numeros = count(1)


@dataclass(frozen=True)
class Index:
    """The catalogue of a moment: the datasets that it lists, and itself as a dataset."""

    jeux: tuple[Jeu, ...]
    jeu: Jeu


class Repertoire:
    """Keeps the tables of the catalogue, and of the few versions that were asked for alone."""

    def __init__(self, moteur: Moteur) -> None:
        self._moteur = moteur
        self._index: OrderedDict[tuple[str, ...], Index] = OrderedDict()

    def index(self, jeux: Iterable[Jeu]) -> Index:
        """Return the catalogue of these versions, made if it is not kept."""
        listed = tuple(jeux)
        key = tuple(item.base for item in listed)
        if key not in self._index:
            self._index[key] = self._faire(listed)
            self._oublier()
        self._index.move_to_end(key)
        return self._index[key]

    def _faire(self, jeux: tuple[Jeu, ...]) -> Index:
        schema = f"repertoire_{next(_numeros)}"
        cursor = self._moteur.connexion.cursor()
        cursor.execute(f"create schema memory.{schema}")
        base = f"memory.{schema}"
        self._table(cursor, f"{base}.donnees", _colonnes(), [_ligne(item) for item in jeux])
        for champ in CHAMPS:
            if champ.type is Type.TEXT:
                texts = sorted(_textes(champ, jeux))
                rows = [(text, f" {' '.join(mots(text))} ") for text in texts]
                names = (("valeur", "varchar"), ("mots", "varchar"))
                self._table(cursor, f"{base}.{identifiant(champ.dictionnaire)}", names, rows)
        moment = max((item.modifie for item in jeux), default=dt.datetime.now(dt.UTC))
        about = Jeu(
            id="catalog",
            version="",
            champs=CHAMPS,
            alias=_ALIAS,
            cle=("dataset_id",),
            nombre=len(jeux),
            modifie=moment,
            metas={},
            fichiers=(),
            base=base,
        )
        return Index(jeux, about)

    @staticmethod
    def _table(
        cursor: Any,
        nom: str,
        colonnes: Sequence[tuple[str, str]],
        lignes: Sequence[tuple[Any, ...]],
    ) -> None:
        listed = ", ".join(f"{identifiant(name)} {kind}" for name, kind in colonnes)
        cursor.execute(f"create table {nom} ({listed})")
        if lignes:
            marks = ", ".join("?" for _ in colonnes)
            cursor.executemany(f"insert into {nom} values ({marks})", lignes)

    def _oublier(self) -> None:
        while len(self._index) > _GARDES:
            _, old = self._index.popitem(last=False)
            self._moteur.connexion.cursor().execute(f"drop schema {old.jeu.base} cascade")


def _colonnes() -> list[tuple[str, str]]:
    return [(item.nom, "varchar[]" if item.multivalue else _COLONNES[item.type]) for item in CHAMPS]


def _ligne(jeu: Jeu) -> tuple[Any, ...]:
    known = {
        "dataset_id": jeu.id,
        "dataset_uid": identifiant_interne(jeu.id),
        "has_records": True,
        "features": fonctionnalites(jeu),
        **metas(jeu),
    }
    return tuple(_valeur(item, known.get(item.nom)) for item in CHAMPS)


def _valeur(champ: Champ, valeur: Any) -> Any:
    if valeur is None:
        return None
    if champ.multivalue:
        return [str(item) for item in (valeur if isinstance(valeur, (list, tuple)) else [valeur])]
    if champ.type is Type.DATETIME:
        moment = valeur if isinstance(valeur, dt.datetime) else dt.datetime.fromisoformat(valeur)
        return moment.astimezone(dt.UTC).replace(tzinfo=None)
    if champ.type is Type.TEXT:
        return ", ".join(map(str, valeur)) if isinstance(valeur, (list, tuple)) else str(valeur)
    return valeur


def _textes(champ: Champ, jeux: Iterable[Jeu]) -> set[str]:
    found: set[str] = set()
    for jeu in jeux:
        value = _ligne(jeu)[champ.rang]
        found.update(value if isinstance(value, list) else [value] if value else [])
    return found
