"""Rows in the formats of exports.

Belongs here: one writing per format, line by line in SQL, and the files of the binary ones. Does
not: which rows, nor HTTP.
"""

import codecs
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from portal.explore import ligne
from portal.explore import page as pages
from portal.explore.parametres import Page
from portal.moteur import Moteur, Sql, Voie
from portal.odsql.fragment import (
    Expression,
    Genre,
    identifiant,
)
from portal.odsql.plan import Colonne, Plan
from portal.odsql.sortie import Presentation, Rendu, rendre

# Rows of a group of a Parquet file, and of a sheet below its header.
_GROUPE, _FEUILLE = 100_000, 1_048_575
_TEL_QUEL = Presentation(Rendu.JSON)


@dataclass(frozen=True)
class Format:
    """What HTTP says of a format; ``fichier`` when it cannot be written as it goes."""

    media_type: str
    fichier: bool = False


FORMATS = {
    "csv": Format("text/csv; charset=utf-8"),
    "geojson": Format("application/geo+json"),
    "json": Format("application/json; charset=utf-8"),
    "jsonl": Format("application/jsonl"),
    "parquet": Format("application/vnd.apache.parquet", fichier=True),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", fichier=True
    ),
}


@dataclass(frozen=True)
class Options:
    """What a client may choose of a format."""

    separateur: str = ";"
    separateur_de_liste: str = ","
    tout_citer: bool = False
    bom: bool = True
    libelles: bool = False
    compresse: bool = False
    compression_parquet: str = "snappy"


@dataclass(frozen=True)
class Ecriture:
    """The rows of a plan in a format."""

    moteur: Moteur
    plan: Plan
    fuseau: str
    format: str
    options: Options
    libelles: tuple[str, ...] = ()
    client: str = ""

    @property
    def noms(self) -> tuple[str, ...]:
        """Names of the columns, or their labels."""
        if self.options.libelles and self.libelles:
            return self.libelles
        return tuple(item.nom for item in self.plan.colonnes)

    async def flux(self, page: Page) -> AsyncIterator[bytes]:
        """Yield the bytes of a text format."""
        before, between, after = self._entourage()
        yield before
        first = True
        async for batch in self.moteur.flux(self._requete(page), client=self.client):
            lines = batch.column(0).to_pylist()
            if lines:
                text = between.join(lines) if first else between + between.join(lines)
                yield text.encode()
                first = False
        yield after(first).encode()

    def _entourage(self) -> tuple[bytes, str, "_Fin"]:
        """Return what comes before the rows, between two, and after."""
        if self.format == "csv":
            header = self.options.separateur.join(self._cite(name) for name in self.noms)
            mark = codecs.BOM_UTF8 if self.options.bom else b""
            return mark + header.encode() + b"\n", "\n", _Fin("\n", "")
        if self.format == "jsonl":
            return b"", "\n", _Fin("\n", "")
        if self.format == "geojson":
            return b'{"type":"FeatureCollection","features":[', ",", _Fin("]}", "]}")
        return b"[", ",", _Fin("]", "]")

    def _cite(self, texte: str) -> str:
        special = {self.options.separateur, '"', "\n", "\r"}
        if self.options.tout_citer or special & set(texte):
            return '"' + texte.replace('"', '""') + '"'
        return texte

    def _requete(self, page: Page) -> Sql:
        columns = list(zip(self.noms, self.plan.colonnes, strict=True))
        if self.format == "csv":
            look = Presentation(Rendu.CELLULE, self.fuseau, self.options.separateur_de_liste)
            cells = [rendre(item.expression, look) for _, item in columns]
            line = ligne.cellules(cells, self.options.separateur, tout=self.options.tout_citer)
        elif self.format == "geojson":
            line = ligne.entite(columns, self.fuseau)
        else:
            line = ligne.objet(columns, self.fuseau)
        column = Colonne("ligne", Expression(Genre.JSON, line))
        return pages.lignes(replace(self.plan, colonnes=(column,)), _TEL_QUEL, page)

    async def dans_un_fichier(self, page: Page, dossier: Path) -> Path:
        """Write a temporary file and return its path; the caller removes it."""
        with tempfile.NamedTemporaryFile(
            dir=dossier, suffix=f".{self.format}", delete=False
        ) as file:
            path = Path(file.name)
        try:
            if self.format == "parquet":
                await self._parquet(page, path)
            elif self.format == "xlsx":
                await self._xlsx(page, path)
            else:
                await self._texte(page, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    async def _texte(self, page: Page, path: Path) -> None:
        with path.open("wb") as file:
            async for part in self.flux(page):
                file.write(part)

    def _typee(self, page: Page) -> Sql:
        look = Presentation(Rendu.TYPE, self.fuseau)
        inner = pages.lignes(self.plan, look, page)
        names = ", ".join(f"c{rank} as {identifiant(name)}" for rank, name in enumerate(self.noms))
        return Sql(f"select {names} from ({inner.texte})", inner.parametres)

    async def _parquet(self, page: Page, path: Path) -> None:
        schema = pa.schema(
            [
                (name, _colonne_parquet(item))
                for name, item in zip(self.noms, self.plan.colonnes, strict=True)
            ]
        )
        with pq.ParquetWriter(path, schema, compression=self.options.compression_parquet) as writer:
            async for batch in self.moteur.flux(
                self._typee(page), client=self.client, lignes=_GROUPE
            ):
                writer.write_batch(batch.cast(schema))

    async def _xlsx(self, page: Page, path: Path) -> None:
        typed = self._typee(Page(_FEUILLE if page.limite is None else min(page.limite, _FEUILLE)))
        target = str(path).replace("'", "''")
        statement = f"copy ({typed.texte}) to '{target}' (format xlsx, header true)"
        await self.moteur.lire(
            Sql(statement, typed.parametres), client=self.client, voie=Voie.LENTE
        )


@dataclass(frozen=True)
class _Fin:
    """What ends an answer, when it has rows and when it has none."""

    avec: str
    sans: str

    def __call__(self, vide: bool) -> str:
        return self.sans if vide else self.avec


_TYPES = {
    Genre.TEXTE: pa.string(),
    Genre.DATE: pa.date32(),
    Genre.INSTANT: pa.timestamp("us", tz="UTC"),
    Genre.BOOLEEN: pa.bool_(),
    Genre.POINT: pa.struct([("lon", pa.float64()), ("lat", pa.float64())]),
    Genre.FORME: pa.string(),
    Genre.LISTE: pa.list_(pa.string()),
    Genre.JSON: pa.string(),
    Genre.NUL: pa.string(),
}


def _colonne_parquet(colonne: Colonne) -> pa.DataType:
    if colonne.expression.genre is Genre.NOMBRE:
        return pa.int64() if colonne.expression.entier else pa.float64()
    return _TYPES[colonne.expression.genre]
