"""Exports: all the rows of a query, in the formats of the API.

Belongs here: parameters, headers, the choice between a prepared file and a stream. Does not: the
formats (``ecriture``), keeping prepared files (``prepares``).
"""

import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from portal.application import jeu_demande, portail
from portal.catalogue.champ import Type
from portal.catalogue.jeu import Jeu
from portal.erreurs import parametre_invalide
from portal.explore import prepares
from portal.explore.ecriture import FORMATS, Ecriture, Options
from portal.explore.enregistrements import chemin_du_jeu
from portal.explore.parametres import Page, Parametres, lire_demande
from portal.explore.reponses import entete_des_ignores, json
from portal.fichiers import fichier_reponse
from portal.odsql.plan import Demande, Plan
from portal.odsql.requete import compiler
from portal.serveur.demande import client

_SEPARATEURS = {";": ";", ",": ",", "\t": "\t", "|": "|", "\\t": "\t", "tab": "\t"}
_COMPRESSIONS = ("snappy", "zstd")


def formats(jeu: Jeu) -> list[str]:
    """Return the formats that a dataset can be had in."""
    geo = any(item.type in (Type.GEO_POINT, Type.GEO_SHAPE) for item in jeu.champs)
    return [name for name in FORMATS if name != "geojson" or geo]


async def liste(request: Request) -> Response:
    """Answer ``/exports``."""
    parameters = Parametres.de(request)
    async with jeu_demande(request) as jeu:
        here = f"{chemin_du_jeu(request, jeu)}/exports"
        links = [{"rel": "self", "href": here}]
        links += [{"rel": name, "href": f"{here}/{name}"} for name in formats(jeu)]
    return json({"links": links}, parameters)


async def export(request: Request, *, bom: bool = True) -> Response:
    """Answer ``/exports/{format}``; ``bom`` tells whether a CSV has a mark by default."""
    parameters = Parametres.de(request)
    name = request.path_params["format"]
    limit = lire_limite(parameters)
    options = lire_options(parameters, name, bom=bom)
    async with jeu_demande(request) as jeu:
        demand = lire_demande(parameters, jeu)
        return await exporter(request, jeu, demand, name, options, limit, parameters)


def lire_limite(parametres: Parametres) -> int | None:
    """Return how many rows an export may have. Raises ``ApiError``."""
    limit = parametres.entier("limit", -1)
    if limit < -1:
        raise parametre_invalide(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit is expected."
        )
    return None if limit == -1 else limit


def ephemere(path: Path, nom: str, entetes: dict[str, str]) -> FileResponse:
    """Answer with a file that is removed once it is sent."""
    return FileResponse(
        path,
        media_type=FORMATS[nom].media_type,
        headers=entetes,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def lire_separateur(texte: str) -> str:
    """Return the separator of the cells of a CSV. Raises ``ApiError``."""
    if texte not in _SEPARATEURS:
        raise parametre_invalide(
            f"Invalid value for delimiter API parameter: {texte} was found but one of"
            " ; , | and tab is expected."
        )
    return _SEPARATEURS[texte]


def lire_options(parametres: Parametres, nom: str, *, bom: bool = True) -> Options:
    """Read what a format can be told. Raises ``ApiError``."""
    compression = parametres.texte("parquet_compression") or "snappy"
    parametres.connus(("epsg",))
    if compression not in _COMPRESSIONS:
        raise parametre_invalide(
            f"Invalid value for parquet_compression API parameter: {compression} was found but"
            " snappy or zstd is expected."
        )
    return Options(
        separateur=lire_separateur(parametres.texte("delimiter") or ";"),
        separateur_de_liste=parametres.texte("list_separator") or ",",
        tout_citer=parametres.booleen("quote_all"),
        bom=parametres.booleen("with_bom", defaut=bom),
        libelles=parametres.booleen("use_labels"),
        compresse=parametres.booleen("compressed"),
        compression_parquet=compression if nom == "parquet" else "snappy",
    )


async def exporter(
    request: Request,
    jeu: Jeu,
    demande: Demande,
    nom: str,
    options: Options,
    limite: int | None,
    parametres: Parametres,
) -> Response:
    """Answer with all the rows of a request, from a prepared file when they are the dataset's."""
    shared = portail(request)
    with ExitStack() as stack:
        # Held by this answer too: a stream lasts longer than who asks for it.
        stack.enter_context(shared.catalogue.tenir(jeu))
        if nom not in formats(jeu):
            raise parametre_invalide(
                f"Invalid value for export format: {nom} was found but one of"
                f" {', '.join(formats(jeu))} is expected."
            )
        plan = compiler(jeu, demande)
        writing = Ecriture(
            shared.moteur, plan, demande.fuseau, nom, options, _libelles(jeu, plan), client(request)
        )
        attached = f"{jeu.id}.{nom}" + (".gzip" if options.compresse else "")
        ignored = entete_des_ignores(parametres)
        headers = {"Content-Disposition": f'attachment; filename="{attached}"', **ignored}
        everything = Demande(fuseau=demande.fuseau, langue=demande.langue)
        if limite is None and demande == everything and prepares.preparable(writing):
            path, tag = await prepares.fichier(shared.reglages.images, jeu, writing)
            response = await fichier_reponse(
                request,
                path,
                tag,
                jeu.modifie.timestamp(),
                FORMATS[nom].media_type,
                attached,
            )
            response.headers.update(ignored)
            return response
        if FORMATS[nom].fichier:
            path = await writing.dans_un_fichier(Page(limite), shared.reglages.temporaire)
            return ephemere(path, nom, headers)
        rows = writing.flux(Page(limite))
        # The version is held until the last byte, whoever reads slowly.
        stream = _tenir(_compresser(rows) if options.compresse else rows, stack.pop_all())
        return StreamingResponse(stream, media_type=FORMATS[nom].media_type, headers=headers)


async def _tenir(flux: AsyncIterator[bytes], tenu: ExitStack) -> AsyncIterator[bytes]:
    with tenu:
        async for part in flux:
            yield part


async def _compresser(flux: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    async for part in flux:
        yield packer.compress(part)
    yield packer.flush()


def _libelles(jeu: Jeu, plan: Plan) -> tuple[str, ...]:
    labels = {item.nom: item.libelle for item in jeu.champs}
    return tuple(labels.get(column.nom, column.nom) for column in plan.colonnes)
