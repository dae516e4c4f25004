"""Prepared exports: the whole of a version in a format, written once, served as a file.

Belongs here: their names, making and keeping them. Does not: what is in them (``ecriture``).

A version never changes, so neither does its export: its name tells all that it depends on, and that
is its ETag.
"""

import asyncio
import hashlib
from collections import defaultdict
from dataclasses import astuple
from pathlib import Path

from portal.catalogue.construction import dossier_des_exports
from portal.catalogue.jeu import Jeu
from portal.explore.ecriture import Ecriture, Options
from portal.explore.parametres import Page

# To be changed with anything that changes the bytes of a format.
_EDITION = 1
_verrous: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


def preparable(ecriture: Ecriture) -> bool:
    """Tell whether an export is kept: in its few usual forms, for a disk is not endless."""
    asked = ecriture.options
    usual = Options(
        bom=asked.bom, libelles=asked.libelles, compression_parquet=asked.compression_parquet
    )
    return asked == usual and ecriture.fuseau == "UTC"


async def fichier(images: Path, jeu: Jeu, ecriture: Ecriture) -> tuple[Path, str]:
    """Return the file of a whole export and its ETag, made first if it is not there."""
    tag = _empreinte(jeu, ecriture)
    path = dossier_des_exports(images, jeu.base.strip('"')) / f"{tag}.{ecriture.format}"
    if not path.exists():
        async with _verrous[path]:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                made = await ecriture.dans_un_fichier(Page(None), path.parent)
                made.replace(path)
        _verrous.pop(path, None)
    return path, tag


def _empreinte(jeu: Jeu, ecriture: Ecriture) -> str:
    about = (jeu.id, jeu.version, jeu.base, ecriture.format, ecriture.fuseau, _EDITION)
    chosen = (*about, *astuple(ecriture.options), *ecriture.noms)
    return hashlib.sha256("\x1f".join(map(str, chosen)).encode()).hexdigest()
