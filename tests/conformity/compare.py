"""What an answer must be, against what it is."""

import math
import re
from collections.abc import Mapping
from typing import Any

from tests.conformity.case import MISSING, Case
from tests.conformity.client import Answer


def deviations(case: Case, response: Answer) -> list[str]:
    """Return what differs, each in a line; nothing when the answer conforms."""
    if response.status != case.status:
        return [f"statut {response.status}, attendu {case.status} : {response.text[:300]}"]
    differences = [*_header_defects(case.headers, response), *_texts(case, response)]
    if case.json is MISSING and not case.parts and not case.unordered:
        return differences
    body = response.read(case.body_format)
    if case.json is not MISSING and not equal(body, case.json):
        differences.append(f"corps {body!r:.700}\n  attendu {case.json!r:.700}")
    for path, expected in case.parts.items():
        value = follow(body, path)
        if not equal(value, expected):
            differences.append(f"{path} = {value!r:.700}\n  attendu {expected!r:.700}")
    for path, listed in case.unordered.items():
        value = follow(body, path)
        if not (isinstance(value, list) and equal(_sorted(value), _sorted(listed))):
            differences.append(
                f"{path} = {value!r:.700}\n  attendu, en tout ordre, {listed!r:.700}"
            )
    return differences


def equal(a: Any, b: Any) -> bool:
    """Tell whether two values are the same: 10 is 10.0, but not true; floats to 9 digits."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(equal(a[name], b[name]) for name in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(equal, a, b))
    return bool(a == b) and type(a) is type(b)


def follow(body: Any, path: str) -> Any:
    """Return what is at a path, or ``MISSING``."""
    head, _, rest = path.partition("/")
    if not path:
        return body
    if head == "#":
        return len(body) if isinstance(body, (list, dict)) else MISSING
    if head == "?":
        return follow(body, rest) is not MISSING
    if head == "*":
        return [follow(item, rest) for item in body] if isinstance(body, list) else MISSING
    return follow(_step(body, head), rest)


def _step(body: Any, step: str) -> Any:
    if isinstance(body, dict):
        return body.get(step, MISSING)
    if isinstance(body, list) and step.isdigit() and int(step) < len(body):
        return body[int(step)]
    return MISSING


def _sorted(values: Any) -> list[Any]:
    return sorted(values, key=_key)


def _key(value: Any) -> str:
    # Numbers of equal value sort alike, whichever their type.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(float(value))
    if isinstance(value, dict):
        return repr(sorted((name, _key(element)) for name, element in value.items()))
    return repr(value)


def _header_defects(expected: Mapping[str, str | None], response: Answer) -> list[str]:
    differences = []
    for name, pattern in expected.items():
        value = response.headers.get(name.lower())
        if pattern is None and value is not None:
            differences.append(f"en-tête {name} présent : {value}")
        elif pattern is not None and not re.fullmatch(pattern, value or "", re.IGNORECASE):
            differences.append(f"en-tête {name} : {value!r}, attendu {pattern!r}")
    return differences


def _texts(case: Case, response: Answer) -> list[str]:
    if case.text is None and not case.contains and not case.excluded:
        return []
    text = response.text.replace("\r\n", "\n")  # the reference does not say how lines end
    differences = [
        f"{part!r} absent de {text[:500]!r}" for part in case.contains if part not in text
    ]
    differences += [
        f"{part!r} présent dans {text[:500]!r}" for part in case.excluded if part in text
    ]
    if case.text is not None and text != case.text:
        differences.append(f"texte {text[:700]!r}\n  attendu {case.text[:700]!r}")
    return differences
