"""What an answer must be, against what it is.

Belongs here: paths into JSON, equality of values. Does not: requests.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from tests.conformite.envoi import Reponse
from tests.conformite.modele import RIEN, Cas


def ecarts(cas: Cas, reponse: Reponse) -> list[str]:
    """Return what differs, each in a line; nothing when the answer conforms."""
    if reponse.statut != cas.statut:
        return [f"statut {reponse.statut}, attendu {cas.statut} : {reponse.texte[:300]}"]
    found = [*_entetes(cas.entetes, reponse), *_textes(cas, reponse)]
    if cas.json is RIEN and not cas.parties and not cas.ensembles:
        return found
    body = reponse.lire(cas.lecture)
    if cas.json is not RIEN and not egal(body, cas.json):
        found.append(f"corps {body!r:.700}\n  attendu {cas.json!r:.700}")
    for path, expected in cas.parties.items():
        value = suivre(body, path)
        if not egal(value, expected):
            found.append(f"{path} = {value!r:.700}\n  attendu {expected!r:.700}")
    for path, listed in cas.ensembles.items():
        value = suivre(body, path)
        if not (isinstance(value, list) and egal(_trie(value), _trie(listed))):
            found.append(f"{path} = {value!r:.700}\n  attendu, en tout ordre, {listed!r:.700}")
    return found


def egal(a: Any, b: Any) -> bool:
    """Tell whether two values are the same: 10 is 10.0, but not true; floats to 9 digits."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(egal(a[name], b[name]) for name in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(egal, a, b))
    return bool(a == b) and type(a) is type(b)


def suivre(corps: Any, chemin: str) -> Any:
    """Return what is at a path, or ``RIEN``."""
    head, _, rest = chemin.partition("/")
    if not chemin:
        return corps
    if head == "#":
        return len(corps) if isinstance(corps, (list, dict)) else RIEN
    if head == "?":
        return suivre(corps, rest) is not RIEN
    if head == "*":
        return [suivre(item, rest) for item in corps] if isinstance(corps, list) else RIEN
    return suivre(_pas(corps, head), rest)


def _pas(corps: Any, pas: str) -> Any:
    if isinstance(corps, dict):
        return corps.get(pas, RIEN)
    if isinstance(corps, list) and pas.isdigit() and int(pas) < len(corps):
        return corps[int(pas)]
    return RIEN


def _trie(valeurs: Any) -> list[Any]:
    return sorted(valeurs, key=_cle)


def _cle(valeur: Any) -> str:
    # Numbers of equal value sort alike, whichever their type.
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool):
        return repr(float(valeur))
    if isinstance(valeur, dict):
        return repr(sorted((name, _cle(one)) for name, one in valeur.items()))
    return repr(valeur)


def _entetes(attendus: Mapping[str, str | None], reponse: Reponse) -> list[str]:
    found = []
    for name, pattern in attendus.items():
        value = reponse.entetes.get(name.lower())
        if pattern is None and value is not None:
            found.append(f"en-tête {name} présent : {value}")
        elif pattern is not None and not re.fullmatch(pattern, value or "", re.IGNORECASE):
            found.append(f"en-tête {name} : {value!r}, attendu {pattern!r}")
    return found


def _textes(cas: Cas, reponse: Reponse) -> list[str]:
    if cas.texte is None and not cas.contient and not cas.sans:
        return []
    text = reponse.texte
    found = [f"{piece!r} absent de {text[:500]!r}" for piece in cas.contient if piece not in text]
    found += [f"{piece!r} présent dans {text[:500]!r}" for piece in cas.sans if piece in text]
    if cas.texte is not None and text != cas.texte:
        found.append(f"texte {text[:700]!r}\n  attendu {cas.texte[:700]!r}")
    return found
