"""Synthetic raw extracts: what the publisher's systems and the public registers would deliver.

The same scale, seed and month give the same bytes.
"""

import calendar
import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration.files import private_folder
from orchestration.generation import (
    consumption,
    edof_xml,
    invented_certifications,
    offer,
    public_exports,
    register_zip,
    training_bodies,
)
from orchestration.generation.scales import Scale


def _last_day(until: str) -> dt.date:
    if not re.fullmatch(r"20[2-9]\d-(0[1-9]|1[0-2])", until):
        raise ValueError(f"mois « {until} » invalide : écrivez AAAA-MM, à partir de 2020-01")
    year, month = int(until[:4]), int(until[5:])
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def generate(
    scale: Scale,
    until: str,
    seed: int,
    to: Path,
    progress: Callable[[str], None] | None = None,
) -> dict[str, list[Path]]:
    """Write the extracts delivered up to the month ``until`` (YYYY-MM) and return them by source.

    ``scale`` is a part of the national volumes: 200,000 localised trainings and about 1.4 M
    dossiers a year. ``progress`` receives a French line per step.

    Raises:
        ValueError: ``until`` is not a month from 2020 on.
    """
    notify = progress or (lambda _line: None)
    day = _last_day(until)
    if not to.exists():
        private_folder(to)
    catalog = invented_certifications.build(scale.offer, seed)
    bodies = training_bodies.build(scale, seed, catalog)
    notify("offre : tirage")
    offered = offer.build(scale, seed, catalog, bodies)
    authorisations = offer.authorisations(offered, catalog.certifications, seed)
    notify("certifications : registre")
    registers = register_zip.write(
        to / "certifications", day, catalog, bodies, authorisations, seed
    )
    notify("organismes : liste publique")
    list_path = training_bodies.write(to / "organismes", day, bodies, scale, seed, catalog)
    notify("edof : catalogue XML")
    xml = edof_xml.write(to / "edof", day, offered, catalog, bodies, seed)
    deltas = consumption.write(to, day, scale, seed, catalog, bodies, offered, notify)
    return {
        "edof": [xml],
        **deltas,
        "certifications": registers,
        "organismes": [list_path],
    }


def generate_public(
    scale: Scale,
    until: str,
    seed: int,
    to: Path,
    progress: Callable[[str], None] | None = None,
) -> dict[str, list[Path]]:
    """Write the publisher's four open exports in ``to``, as :func:`generate` would have them, and
    the public registers beside them.

    The dossiers that they count are written beside and removed: none of them stays.

    Raises:
        ValueError: ``until`` is not a month from 2020 on.
    """
    notify = progress or (lambda _line: None)
    day = _last_day(until)
    catalog = invented_certifications.build(scale.offer, seed)
    bodies = training_bodies.build(scale, seed, catalog)
    notify("offre : tirage")
    offered = offer.build(scale, seed, catalog, bodies)
    to.mkdir(parents=True, exist_ok=True)
    authorisations = offer.authorisations(offered, catalog.certifications, seed)
    notify("registres")
    registers = register_zip.write(to, day, catalog, bodies, authorisations, seed)
    list_path = training_bodies.write(to, day, bodies, scale, seed, catalog)
    work = to / ".dossiers"
    shutil.rmtree(work, ignore_errors=True)
    try:
        private_folder(work)
        deltas = consumption.write(work, day, scale, seed, catalog, bodies, offered, notify)
        notify("exports publics")
        return {
            "portail": public_exports.write(to, day, catalog, bodies, offered, deltas),
            "certifications": registers,
            "organismes": [list_path],
        }
    finally:
        shutil.rmtree(work, ignore_errors=True)
