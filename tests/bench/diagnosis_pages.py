"""How long the pages of the diagnosis take: ``python -m tests.bench.diagnosis_pages URL``.

Each page is asked for as many readers as ``ROUNDS``, each of another place, body, certification or
figure of what is published, so that no answer is one that is kept.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

import requests

ROUNDS = 60
_LIMIT_MS = 100


def ask(address: str, dataset: str, **parameters: str) -> list[dict[str, str]]:
    """Rows of a dataset, by the API."""
    path = f"{address}/api/explore/v2.1/catalog/datasets/{dataset}/records"
    answer = requests.get(path, params={"limit": "20000", **parameters}, timeout=60)
    answer.raise_for_status()
    rows: list[dict[str, str]] = answer.json()["results"]
    return rows


def values(address: str, dataset: str, *names: str) -> Iterator[tuple[str, ...]]:
    """Distinct values of columns, in an order of no meaning."""
    columns = ", ".join(names)
    rows = ask(address, dataset, select=columns, group_by=columns)
    draw = random.Random(1)  # noqa: S311 (no secret)
    draw.shuffle(rows)
    yield from (tuple(str(row[name]) for name in names) for row in rows)


def pages(address: str) -> Mapping[str, Sequence[str]]:
    """Addresses by kind of page."""
    signals = "signaux_habilitation"
    places = list(values(address, "offre_et_demande", "territoire", "annee"))
    figures = list(values(address, "chiffres_cles", "chiffre", "perimetre"))
    bodies = [siret for (siret,) in values(address, "moncompteformation_catalogueformation",
                                           "siret_of")]  # fmt: skip
    codes = [code for (code,) in values(address, signals, "code_certification")]
    certifiers = [siren for (siren,) in values(address, signals, "siren_certificateurs")
                  if siren.isdigit()]  # fmt: skip
    return {
        "/diagnostic": [f"/diagnostic?x={rank}" for rank in range(ROUNDS)],
        "/diagnostic?siret=SIRET": [f"/diagnostic?siret={x}" for x in bodies],
        "/diagnostic?siret=SIREN": [f"/diagnostic?siret={x[:9]}" for x in bodies[ROUNDS:]],
        **{
            f"/diagnostic/territoires/… {level}": [
                f"/diagnostic/territoires/{code}?annee={year}&niveau={level}"
                for code, year in places
            ]
            for level in ("nsf", "certification", "formacode", "lignee")
        },
        "/diagnostic/organismes/SIRET/habilitations": [
            f"/diagnostic/organismes/{x}/habilitations" for x in bodies[2 * ROUNDS :]
        ],
        "/diagnostic/habilitations?certification": [
            f"/diagnostic/habilitations?certification={x}" for x in codes
        ],
        "/diagnostic/habilitations?certificateur": [
            f"/diagnostic/habilitations?certificateur={x}" for x in certifiers
        ],
        "/chiffres-cles": [f"/chiffres-cles?perimetre={x}" for x in {y for _, y in figures}],
        "/chiffres-cles/…": [f"/chiffres-cles/{x}?perimetre={y}" for x, y in figures],
    }


def main() -> None:
    """Ask, and say the middle and the 95th centile of each kind of page."""
    address = sys.argv[1].rstrip("/")
    session = requests.Session()
    slow = 0
    for kind, paths in pages(address).items():
        took, sizes = [], []
        for path in paths[:ROUNDS]:
            start = time.perf_counter()
            answer = session.get(address + path, timeout=60)
            took.append(1000 * (time.perf_counter() - start))
            sizes.append(len(answer.content))
            assert answer.status_code == 200, (path, answer.status_code)
        middle = statistics.median(took)
        slow += middle > _LIMIT_MS
        centile = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
        print(
            f"{kind:45} {len(took):3} pages, p50 {middle:6.1f} ms, p95 {centile:6.1f} ms, "
            f"{statistics.median(sizes) / 1024:.0f} kB"
        )
    sys.exit(slow > 0)


if __name__ == "__main__":
    main()
