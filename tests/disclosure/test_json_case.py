"""Reading a case: what is filled in, and what each bad case is told."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from orchestration.disclosure.tabular.json_case import as_case, read_case
from orchestration.disclosure.tabular.table import CaseError
from tests.factories.disclosure_cases import CaseContent


def case_content() -> CaseContent:
    """20 = a + b, with b hidden."""
    return {
        "cells": [
            {"id": "t", "value": 20, "published": True},
            {"id": "a", "value": 8, "published": True},
            {"id": "b", "value": 12, "published": False},
        ],
        "equations": [{"total": "t", "parts": ["a", "b"]}],
    }


def with_changes(cell: int, **changes: object) -> CaseContent:
    content = case_content()
    content["cells"][cell] |= changes
    return content


def without(cell: int, *keys: str) -> CaseContent:
    content = case_content()
    for key in keys:
        del content["cells"][cell][key]
    return content


def equation(**changes: object) -> CaseContent:
    content = case_content()
    content["equations"][0] |= changes
    return content


def test_what_is_not_said_is_filled_in() -> None:
    content = case_content()
    content["cells"] += [
        {"id": "c", "published": False, "lower": None, "upper": None, "weight": 3},
        {"id": "d", "value": -1, "upper": 9},
    ]
    case = as_case(content | {"primary": ["a"], "min_width": 4})
    assert case.ids == ("t", "a", "b", "c", "d")
    np.testing.assert_array_equal(case.values, [20, 8, 12, math.nan, -1])
    assert case.published.tolist() == [True, False, False, False, True]
    assert case.primary.tolist() == [False, True, False, False, False]
    assert case.lower.tolist() == [0, 0, 0, -math.inf, 0]
    assert case.upper.tolist() == [math.inf] * 4 + [9]
    assert case.weights.tolist() == [20, 8, 12, 3, 1]
    assert case.min_width == 4
    assert case.equations.toarray().tolist() == [[1, -1, -1, 0, 0]]


def test_without_cells_there_is_nothing_to_check() -> None:
    assert as_case({"cells": [], "equations": []}).ids == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param([], "le cas : un objet JSON", id="not an object"),
        pytest.param({"equations": []}, "le cas : cells doit être une liste", id="no cells"),
        pytest.param({"cells": []}, "le cas : equations doit être une liste", id="no equations"),
        pytest.param({"cells": ["a"], "equations": []}, "cellule 1 : un objet", id="bare cell"),
        pytest.param(without(1, "id"), "cellule 2 : id doit être un texte", id="no id"),
        pytest.param(with_changes(1, id=7), "cellule 2 : id doit être un texte", id="number as id"),
        pytest.param(
            with_changes(1, id="t"), "« t » : identifiant donné deux fois", id="same id twice"
        ),
        pytest.param(
            with_changes(0, published=1), "« t » : published doit être true", id="number as bool"
        ),
        pytest.param(
            with_changes(0, value=True), "« t » : value doit être un nombre", id="bool as number"
        ),
        pytest.param(
            with_changes(0, value="20"), "« t » : value doit être un nombre", id="text as number"
        ),
        pytest.param(with_changes(0, value=math.nan), "« t » : value est démesuré", id="nan"),
        pytest.param(with_changes(2, upper=math.inf), "« b » : upper est démesuré", id="infinite"),
        pytest.param(
            with_changes(0, value=10**400), "« t » : value est démesuré", id="huge integer"
        ),
        pytest.param(without(1, "value"), "« a » : publiée, elle doit avoir", id="no value"),
        pytest.param(
            with_changes(2, lower=9, upper=8), "« b » : lower dépasse upper", id="bounds crossed"
        ),
        pytest.param(
            with_changes(2, lower=13), "« b » : sa valeur est hors de ses bornes", id="below"
        ),
        pytest.param(
            with_changes(2, upper=11), "« b » : sa valeur est hors de ses bornes", id="above"
        ),
        pytest.param(
            with_changes(2, weight=-1), "« b » : weight est négatif", id="negative weight"
        ),
        pytest.param(equation(total="u"), "équation 1 : cellule inconnue", id="no total"),
        pytest.param(equation(parts=["a", "u"]), "équation 1 : cellule inconnue", id="no such"),
        pytest.param(equation(parts=["a", ["b"]]), "équation 1 : cellule inconnue", id="part list"),
        pytest.param(equation(parts=[]), "équation 1 : parts est vide", id="no part"),
        pytest.param(equation(parts="ab"), "équation 1 : parts doit être une liste", id="text"),
        pytest.param(equation(parts=["a", "a"]), "équation 1 : une cellule y figure", id="twice"),
        pytest.param(equation(parts=["a", "t"]), "équation 1 : une cellule y figure", id="itself"),
        pytest.param(
            case_content() | {"equations": [{"parts": ["a"]}]},
            "équation 1 : il manque total",
            id="none",
        ),
        pytest.param(case_content() | {"equations": [3]}, "équation 1 : un objet", id="number"),
        pytest.param(
            with_changes(2, value=13),
            r"équation 1 \(total « t »\).*diffèrent de 1\.",
            id="not additive",
        ),
        pytest.param(
            case_content() | {"primary": ["u"]},
            "primary : cellule inconnue « u »",
            id="primary unknown",
        ),
        pytest.param(
            case_content() | {"primary": "ab"}, "primary doit être une liste", id="primary"
        ),
        pytest.param(case_content() | {"min_width": -1}, "min_width est négatif", id="width"),
        pytest.param(
            case_content() | {"min_width": "4"}, "min_width doit être un", id="text width"
        ),
    ],
)
def test_a_bad_case_is_told_what_is_wrong(content: object, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        as_case(content)


def test_one_unit_is_never_rounding() -> None:
    """Nor is a cent; what binary fractions lose is."""
    for total, accepted in [(1e9 + 1, False), (1e9 + 0.01, False), (1e9 + 1e-5, True)]:
        cells = [{"id": "t", "value": total}, {"id": "a", "value": 1e9}, {"id": "b", "value": 0}]
        content = {"cells": cells, "equations": [{"total": "t", "parts": ["a", "b"]}]}
        if accepted:
            assert as_case(content).values[0] == total
        else:
            with pytest.raises(CaseError, match="diffèrent"):
                as_case(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "ce fichier est vide", id="empty"),
        pytest.param(b" \n", "ce fichier est vide", id="blank"),
        pytest.param(b'{"cells": [', "ligne 1, colonne 12 : JSON mal formé", id="cut"),
        pytest.param(b'{"cells": "\xe9"}', "n'est pas en UTF-8", id="latin-1"),
        pytest.param(b'{"min_width": NaN}', "NaN n'est pas un nombre", id="nan"),
        pytest.param(b'{"min_width": -Infinity}', "-Infinity n'est pas", id="infinity"),
        pytest.param(b'{"min_width": ' + b"9" * 5000 + b"}", "démesuré", id="digits"),
        pytest.param(b"[" * 100_000, "trop de niveaux", id="nested"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "cas.json"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=message):
        read_case(path)


def test_a_file_is_read_with_or_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "cas.json"
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_text(json.dumps(case_content()), encoding=encoding)
        assert read_case(path).ids == ("t", "a", "b")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="introuvable"):
        read_case(tmp_path / "absent.json")
    with pytest.raises(CaseError, match="illisible"):
        read_case(tmp_path)
