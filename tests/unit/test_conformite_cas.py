"""The conformance suite itself: cases well formed, and a comparison that sees what differs.

Belongs here: what can be told without a server. Does not: conformance
(``tests/integration/test_conformite.py``).
"""

import json
import re
from pathlib import Path

import pytest

from tests.conformite import donnees
from tests.conformite.comparer import ecarts, egal, suivre
from tests.conformite.envoi import Reponse
from tests.conformite.modele import RACINE, RIEN, Cas
from tests.conformite.suite import tous

CAS = tous()
JEUX = {package.nom for package in donnees.PAQUETS}


def _reponse(corps: object, statut: int = 200) -> Reponse:
    return Reponse(statut, {"content-type": "application/json"}, json.dumps(corps).encode())


def test_le_compte_y_est() -> None:
    assert len(CAS) >= 300
    pieges = {one for case in CAS for one in re.findall(r"^§10\.(\d+)$", case.paragraphe)}
    assert pieges == {str(rank) for rank in range(1, 19)}


@pytest.mark.parametrize("cas", CAS, ids=lambda case: f"{case.paragraphe} {case.nom}")
def test_un_cas_est_bien_forme(cas: Cas) -> None:
    assert re.fullmatch(r"§\d+(\.\d+)?|issue 5", cas.paragraphe), cas.paragraphe
    assert cas.chemin.startswith("/")
    assert cas.attentes() or cas.chemin in ("/health", "/ready")
    assert all(isinstance(one, str) for pair in cas.params for one in pair)
    found = re.match(rf"{RACINE}/([\w-]+)", cas.chemin)
    if found and cas.statut == 200:
        assert found.group(1) in JEUX


def test_aucun_cas_n_est_demande_deux_fois() -> None:
    seen: dict[tuple[object, ...], str] = {}
    for case in CAS:
        asked = (case.methode, case.chemin, case.params, str(case.envoi), case.lecture)
        expected = (str(case.json), case.texte, str(case.parties), str(case.ensembles))
        more = (str(case.entetes), str(case.contient), str(case.sans))
        assert seen.setdefault((*asked, *expected, *more), case.nom) == case.nom, case.nom


def test_les_noms_distinguent_les_cas() -> None:
    names = [(case.paragraphe, case.nom, case.chemin) for case in CAS]
    assert len(set(names)) == len(names)


def test_les_paquets_s_ecrivent(tmp_path: Path) -> None:
    donnees.ecrire(tmp_path)
    for package in donnees.PAQUETS:
        assert (tmp_path / package.nom / "datapackage.json").is_file()
        assert all(len(row) == len(package.champs) for row in package.lignes)


@pytest.mark.parametrize(
    ("a", "b", "attendu"),
    [
        (10, 10.0, True),
        (1, True, False),
        (0, False, False),
        (0.1 + 0.2, 0.3, True),
        ("1", 1, False),
        (None, 0, False),
        (None, "", False),
        ([1, 2], [2, 1], False),
        ({"a": 1, "b": None}, {"a": 1}, False),
        (RIEN, None, False),
    ],
)
def test_egalite(a: object, b: object, attendu: bool) -> None:
    assert egal(a, b) is attendu


def test_chemins() -> None:
    body = {"r": [{"a": 1}, {"a": 2}], "2024": {"x": None}}
    assert suivre(body, "r/*/a") == [1, 2]
    assert suivre(body, "r/#") == 2
    assert suivre(body, "2024/x") is None
    assert suivre(body, "?/zz") is False
    assert suivre(body, "2024/?/x") is True
    assert suivre(body, "r/5/a") is RIEN


@pytest.mark.parametrize(
    "attente",
    [
        {"statut": 404},
        {"json": {"n": 2}},
        {"parties": {"n": 2}},
        {"parties": {"absent": None}},
        {"ensembles": {"l": [1, 3]}},
        {"ensembles": {"l": [1, 2, 2]}},
        {"entetes": {"Content-Type": "text/csv"}},
        {"entetes": {"Content-Type": None}},
        {"entetes": {"ETag": ".+"}},
        {"contient": ["zz"]},
        {"sans": ['"n"']},
        {"texte": "autre"},
    ],
)
def test_un_ecart_est_vu(attente: dict[str, object]) -> None:
    answer = _reponse({"n": 1, "l": [2, 1]})
    assert ecarts(Cas("x", "§5", "/", **attente), answer)  # type: ignore[arg-type]


def test_ce_qui_convient_passe() -> None:
    case = Cas(
        "x", "§5", "/", parties={"n": 1}, ensembles={"l": [1, 2]}, contient=["n"], sans=["zz"],
        entetes={"content-TYPE": "APPLICATION/json", "ETag": None},
    )  # fmt: skip
    assert not ecarts(case, _reponse({"n": 1, "l": [2, 1]}))
