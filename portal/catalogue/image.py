"""The image of a version: its rows in a DuckDB file, made once, read-only from then on.

Belongs here: making the file and what it holds. Does not: reading formats (``lecture``), choosing
versions (``veille``).

``donnees``: the rows, in the order of the file. ``enumeration_<n>``: the values of a text that
repeats, in the portal's order. ``mots_<n>`` (valeur, mots): the distinct values of a text and
their words. ``cles`` (cle, ligne): the rows by the beginning of their id, sorted. ``portail``
(fiche): what the rows have told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import orjson

from orchestration.publication.fichiers import sha256
from portal.catalogue.champ import Champ, Type
from portal.catalogue.conversions import Conversion, convertir
from portal.catalogue.identifiant import cle_courte, expression
from portal.catalogue.lecture import Relation, lire, nom_sql
from portal.catalogue.mots import sql_de_l_ordre, sql_des_mots
from portal.catalogue.refus import PaquetError, de_duckdb
from portal.catalogue.ressource import Colonne, Ressource

# Beyond, an ENUM costs more than it saves: its dictionary is held in memory.
_DISTINCTS = 50_000
_REPETITION = 4
_PHYSIQUES = {
    Type.INT: "bigint", Type.BOOLEAN: "boolean", Type.DATE: "date", Type.DATETIME: "timestamp",
    Type.GEO_POINT: "struct(lon double, lat double)",
}  # fmt: skip
# Bytes of a value of each fixed width, and how many an image may have uncompressed: the engine
# keeps them in memory.
_LARGEURS = {
    "BOOLEAN": 1, "INTEGER": 4, "DATE": 4, "BIGINT": 8, "DOUBLE": 8, "TIMESTAMP": 8, "DECIMAL": 16,
}  # fmt: skip
_SANS_COMPRESSION = 600_000_000


@dataclass(frozen=True)
class Fiche:
    """What the rows have told: ``listes`` are ranks of fields; ``repetitifs``, those of the fields
    that are ENUMs, with how many values each has.

    ``cle`` is false when the declared key does not tell rows apart; ``empreintes`` are the sha256
    of the files that are served, in their order.
    """

    nombre: int
    repetitifs: tuple[tuple[int, int], ...]
    listes: tuple[int, ...]
    cle: bool
    empreintes: tuple[str, ...]


def construire(connexion: duckdb.DuckDBPyConnection, ressource: Ressource, dossier: Path) -> None:
    """Fill an empty database; ``dossier`` is for what must be rewritten or staged.

    Raises :class:`PaquetError`.
    """
    _controler(ressource)
    try:
        relation = lire(connexion, ressource, dossier)
        columns = _decider(connexion, ressource, relation)
        conversions = [
            convertir(item, f"b.{nom_sql(item.champ.nom)}", kind)
            for item, kind in zip(columns, relation.types, strict=True)
        ]
        connexion.execute(f"attach '{dossier / 'etape.duckdb'}' as etape")
        _etape(connexion, ressource, columns, conversions, relation)
    except duckdb.Error as error:
        raise de_duckdb(ressource.nom_du_fichier, error) from None
    repeated = _donnees(connexion, columns)
    for item in columns:
        if item.champ.type is Type.TEXT:
            _dictionnaire(connexion, item.champ)
    count = _compter(connexion, "select count(*) from donnees")
    connexion.execute("detach etape")
    card = Fiche(
        nombre=count,
        repetitifs=tuple(repeated),
        listes=tuple(item.champ.rang for item in columns if item.champ.multivalue),
        cle=_cles(connexion, ressource, count),
        empreintes=tuple(sha256(item.chemin) for item in ressource.fichiers),
    )
    connexion.execute("create table portail (fiche varchar)")
    connexion.execute("insert into portail values (?)", (orjson.dumps(asdict(card)).decode(),))


def lire_fiche(connexion: duckdb.DuckDBPyConnection, base: str) -> Fiche:
    """Return what an attached image tells of its rows."""
    row = connexion.execute(f"select fiche from {base}.portail").fetchone()
    content: dict[str, Any] = orjson.loads(row[0]) if row else {}
    return Fiche(**content)


def _controler(ressource: Ressource) -> None:
    """Compare the declared hashes. Raises :class:`PaquetError`."""
    for path, told in ressource.empreintes.items():
        kind, _, wanted = told.rpartition(":")
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, kind or "md5").hexdigest()
        except ValueError:
            continue  # an algorithm that nobody has
        if found != wanted.lower():
            raise PaquetError(
                path.name, f"le fichier n'a pas l'empreinte déclarée ({kind or 'md5'})"
            )


def _decider(
    connexion: duckdb.DuckDBPyConnection, ressource: Ressource, relation: Relation
) -> list[Colonne]:
    """Decide by the rows whether an array of which nothing is declared holds texts."""
    decided = []
    for item, kind in zip(ressource.colonnes, relation.types, strict=True):
        field = item.champ
        if item.a_voir:
            cell = f"cast(to_json({nom_sql(field.nom)}) as varchar)"
            if kind == "VARCHAR":
                cell = nom_sql(field.nom)
            query = (
                f"select bool_and(t in ('VARCHAR', 'NULL')), count(*) from (select "
                f"unnest(list_transform(cast({cell} as json[]), lambda x: json_type(x))) as t "
                f"from {relation.sql} where json_valid({cell}) and json_type({cell}) = 'ARRAY')"
            )
            texts, count = connexion.execute(query).fetchone() or (False, 0)
            if texts and count:
                notes = {**field.annotations, "multivalued": ","}
                item = replace(  # noqa: PLW2901 (the decided one)
                    item, champ=replace(field, type=Type.TEXT, annotations=notes), a_voir=False
                )
        decided.append(item)
    return decided


def _etape(
    connexion: duckdb.DuckDBPyConnection,
    ressource: Ressource,
    colonnes: Sequence[Colonne],
    conversions: Sequence[Conversion],
    relation: Relation,
) -> None:
    """Read and cast once; a wrong cell stops it, and is then looked for."""
    cells = []
    for item, made in zip(colonnes, conversions, strict=True):
        value = made.valeur
        physical = _PHYSIQUES.get(item.champ.type)
        if physical:
            value = f"cast({value} as {physical})"
        if not made.sure:
            wrong = f"case when {made.brut} is not null then error('cellule') end"
            value = f"coalesce({value}, {wrong})"
        cells.append(f"{value} as {nom_sql(item.champ.nom)}")
    statement = f"create table etape.donnees as select {', '.join(cells)} from {relation.sql} as b"
    try:
        connexion.execute(statement)
    except duckdb.InvalidInputException as error:
        if "cellule" not in str(error):
            raise
        raise _cellule_fautive(connexion, ressource, colonnes, conversions, relation) from None


def _cellule_fautive(
    connexion: duckdb.DuckDBPyConnection,
    ressource: Ressource,
    colonnes: Sequence[Colonne],
    conversions: Sequence[Conversion],
    relation: Relation,
) -> PaquetError:
    doubted = [
        (item, made) for item, made in zip(colonnes, conversions, strict=True) if not made.sure
    ]
    firsts = ", ".join(
        f"min(n) filter (where {made.brut} is not null and {made.valeur} is null)"
        for _, made in doubted
    )
    numbered = f"select row_number() over () as n, * from {relation.sql}"
    found = connexion.execute(f"select {firsts} from ({numbered}) as b").fetchone() or ()
    rank, (item, _) = min(
        ((first, pair) for first, pair in zip(found, doubted, strict=True) if first),
        key=lambda one: int(one[0]),
    )
    return PaquetError(
        ressource.nom_du_fichier,
        f"la cellule n'est pas du type {item.nature} (format {item.format}) : la corriger, ou "
        "déclarer « missingValues », « format » ou un autre type (lignes de données comptées de 1)",
        ligne=int(rank),
        colonne=item.champ.nom,
    )


def _donnees(
    connexion: duckdb.DuckDBPyConnection, colonnes: Sequence[Colonne]
) -> list[tuple[int, int]]:
    """Write the rows; return the ranks of the texts that repeat, and how many values they have."""
    texts = [
        item.champ
        for item in colonnes
        if item.champ.type is Type.TEXT and not item.champ.multivalue
    ]
    counted = [(field, _enumerer(connexion, field)) for field in texts]
    repeated = [field for field, count in counted if count]
    kinds = {field.nom: field.enumeration for field in repeated}
    connexion.execute(f"create table donnees ({_definitions(connexion, kinds)})")
    connexion.execute("insert into donnees select * from etape.donnees")
    return [(field.rang, count) for field, count in counted if count]


def _definitions(connexion: duckdb.DuckDBPyConnection, enumerations: Mapping[str, str]) -> str:
    """Return the columns of ``donnees``: those of fixed width are not compressed, if there is room.

    Reading 2 M rows so costs from 5 % less (sums) to half as much (a filter, a sorted page).
    """
    found = connexion.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'etape'"
        " and table_name = 'donnees' order by column_index"
    ).fetchall()
    kinds = {name: enumerations.get(name, kind) for name, kind in found}
    plain = {name for name, kind in kinds.items() if kind.partition("(")[0] in _LARGEURS}
    plain |= set(enumerations)
    row = sum(_LARGEURS.get(kinds[name].partition("(")[0], 2) for name in plain)
    if row * _compter(connexion, "select count(*) from etape.donnees") > _SANS_COMPRESSION:
        plain = set()
    return ", ".join(
        f"{nom_sql(name)} {kind}" + (" using compression uncompressed" if name in plain else "")
        for name, kind in kinds.items()
    )


def _enumerer(connexion: duckdb.DuckDBPyConnection, champ: Champ) -> int:
    """Make the ENUM of a text, if its values repeat enough; return how many there are, else 0."""
    name = nom_sql(champ.nom)
    row = connexion.execute(
        f"select approx_count_distinct({name}), count(*) from etape.donnees"
    ).fetchone()
    near, rows = row or (0, 0)
    # The sketch errs by a few percents.
    if near > _DISTINCTS * 1.2 or near * _REPETITION > rows * 1.2:
        return 0
    connexion.execute(
        f"create or replace temp table valeurs as select distinct {name} as v from etape.donnees "
        f"where {name} is not null"
    )
    exact = _compter(connexion, "select count(*) from valeurs")
    if not 0 < exact <= _DISTINCTS or exact * _REPETITION >= rows:
        return 0
    connexion.execute(
        f"create type {champ.enumeration} as enum "
        f"(select v from valeurs order by {sql_de_l_ordre('v')})"
    )
    return exact


def _dictionnaire(connexion: duckdb.DuckDBPyConnection, champ: Champ) -> None:
    name = nom_sql(champ.nom)
    values = f"unnest({name})" if champ.multivalue else name
    connexion.execute(
        f"create table {champ.dictionnaire} as select valeur, {sql_des_mots('valeur')} as mots "
        f"from (select distinct {values} as valeur from donnees) where valeur is not null"
    )


def _cles(connexion: duckdb.DuckDBPyConnection, ressource: Ressource, nombre: int) -> bool:
    """List the rows by their ids; tell whether the key, if there is one, tells rows apart."""
    key, unique = ressource.cle, True
    if key:
        made = expression(ressource.id, key)
        unique = (
            _compter(connexion, f"select count(distinct {cle_courte(made)}) from donnees as d")
            == nombre
        )
    made = expression(ressource.id, key if unique else ())
    connexion.execute(
        f"create table cles as select {cle_courte(made)} as cle, d.rowid as ligne "
        "from donnees as d order by cle"
    )
    return unique


def _compter(connexion: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connexion.execute(query).fetchone()
    return int(row[0]) if row else 0
