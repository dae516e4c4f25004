"""Synthetic raw extracts: what the publisher's systems and the public registers would deliver.

Belongs here: the assembly of the five sources under one folder. Does not: their content (a module
each). All persons and bodies are invented; magnitudes follow the public figures of ``reference``,
defects those of ``rates``. The same scale, seed and month give the same bytes.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from orchestration.generation import (
    certifications,
    consommation,
    edof,
    offre,
    organismes,
    registre,
)

ECHELLES = {"demo": 0.01, "national": 1.0}


def parse_scale(text: str) -> float:
    """Read a scale: ``demo`` (1 %), ``national`` or a number above 0.

    Raises:
        ValueError: the text is none of these (message in French).
    """
    try:
        scale = ECHELLES.get(text) or float(text.replace(",", "."))
    except ValueError:
        scale = 0.0
    if not 0 < scale <= 10:
        raise ValueError(
            f"échelle « {text} » inconnue : indiquez demo, national ou un nombre entre 0 et 10"
        )
    return scale


def _dernier_jour(until: str) -> dt.date:
    if not re.fullmatch(r"20[2-9]\d-(0[1-9]|1[0-2])", until):
        raise ValueError(f"mois « {until} » invalide : écrivez AAAA-MM, à partir de 2020-01")
    annee, mois = int(until[:4]), int(until[5:])
    return dt.date(annee, mois, calendar.monthrange(annee, mois)[1])


def generate(
    scale: float,
    until: str,
    seed: int,
    to: Path,
    progress: Callable[[str], None] | None = None,
) -> dict[str, list[Path]]:
    """Write the extracts delivered up to the month ``until`` (YYYY-MM) and return them by source.

    ``scale`` multiplies the national volumes (1.0 = 200,000 localised trainings and about 1.4 M
    dossiers a year). ``progress`` receives a French line per step.

    Raises:
        ValueError: ``until`` is not a month from 2020 on.
    """
    dit = progress or (lambda _ligne: None)
    jour = _dernier_jour(until)
    catalogue = certifications.construit(scale, seed)
    bodies = organismes.construit(scale, seed)
    dit("offre : tirage")
    offert = offre.construit(scale, seed, catalogue, bodies)
    habilitations = offre.habilitations(offert, catalogue.certifications, seed)
    dit("certifications : registre")
    registre_zip = registre.ecrit(
        to / "certifications", jour, catalogue, bodies, habilitations, seed
    )
    dit("organismes : liste publique")
    liste = organismes.ecrit(to / "organismes", jour, bodies, scale, seed)
    dit("edof : catalogue XML")
    xml = edof.ecrit(to / "edof", jour, offert, catalogue, bodies, seed)
    deltas = consommation.ecrit(to, jour, scale, seed, catalogue, bodies, offert, dit)
    return {"edof": [xml], **deltas, "certifications": [registre_zip], "organismes": [liste]}
