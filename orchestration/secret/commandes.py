"""What ``cpf attack`` and ``cpf protect`` answer, as JSON text.

Belongs here: from a file to the text to print. Does not: exit codes (``cli``), the attack
(``attaque``) and the protection (``protection``) themselves.
"""

import json
import math
from pathlib import Path

from orchestration.secret.attaque import attaquer
from orchestration.secret.lecture import lire_cas


def attack(path: Path) -> str:
    """Return ``{"determined": […], "intervals": {id: [lo, hi]}}``; null when unbounded.

    Raises :class:`~orchestration.secret.cas.CasError`.
    """
    found = attaquer(lire_cas(path))
    intervals = {
        name: [_nombre(low), _nombre(high)] for name, (low, high) in found.intervalles.items()
    }
    return _json({"determined": list(found.determinees), "intervals": intervals})


def protect(path: Path) -> str:
    """Return ``{"suppressed": […], "secondary_cells": n, "secondary_value": v}``.

    Raises :class:`~orchestration.secret.cas.CasError`.
    """
    from orchestration.secret.protection import proteger

    found = proteger(lire_cas(path))
    return _json(
        {
            "suppressed": list(found.supprimees),
            "secondary_cells": found.nb_secondaires,
            "secondary_value": _nombre(found.valeur_secondaire),
        }
    )


def _nombre(value: float) -> int | float | None:
    if math.isinf(value):
        return None
    return int(value) if float(value).is_integer() else value


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)
