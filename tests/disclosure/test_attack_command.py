"""``cpf attack``: exactly one JSON document on standard output, or a French sentence and a code."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration import settings
from orchestration.cli.app import app
from tests.factories.disclosure_cases import HIDDEN, TABLE, CaseContent, table


def run_attack(tmp_path: Path, content: CaseContent) -> Result:
    path = tmp_path / "cas.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return CliRunner().invoke(app, ["attack", str(path)])


def test_the_revealed_cell_is_printed(tmp_path: Path) -> None:
    result = run_attack(tmp_path, table(TABLE, HIDDEN))
    assert (result.exit_code, result.stderr) == (0, "")
    printed = json.loads(result.stdout)
    assert list(printed) == ["determined", "intervals"]
    assert printed["determined"] == ["w2"]
    assert printed["intervals"]["w2"] == [47, 47]
    # Whole numbers look like whole numbers.
    assert '"w2": [47, 47]' in result.stdout


def test_the_repaired_table_reveals_nothing(tmp_path: Path) -> None:
    printed = json.loads(run_attack(tmp_path, table(TABLE, HIDDEN | {"x4"})).stdout)
    assert printed["determined"] == []
    assert printed["intervals"]["w2"] == [0, 78]


def test_an_unbounded_interval_is_null(tmp_path: Path) -> None:
    cells = [{"id": "é", "published": False, "lower": None}]
    result = run_attack(tmp_path, {"cells": cells, "equations": []})
    assert result.stdout == '{"determined": [], "intervals": {"é": [null, null]}}\n'


def test_decimals_are_kept(tmp_path: Path) -> None:
    cells = [{"id": "t", "value": 0.3}, {"id": "a", "value": 0.1}, {"id": "b", "published": False}]
    equations = [{"total": "t", "parts": ["a", "b"]}]
    printed = json.loads(run_attack(tmp_path, {"cells": cells, "equations": equations}).stdout)
    assert printed == {"determined": ["b"], "intervals": {"b": [0.2, 0.2]}}


@pytest.mark.parametrize("command", ["attack", "protect"])
def test_a_bad_case_is_refused_in_french(tmp_path: Path, command: str) -> None:
    path = tmp_path / "cas.json"
    path.write_text('{"cells": [], "equations": [{"total": "u", "parts": ["a"]}]}')
    result = CliRunner().invoke(app, [command, str(path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Erreur : équation 1 : cellule inconnue « u ».\n"


def test_what_protect_hides_resists_the_attack(tmp_path: Path) -> None:
    """The table of the design again: what it hides is safe, and hiding x4 is enough."""
    content = table(TABLE)
    path = tmp_path / "cas.json"
    path.write_text(json.dumps(content | {"primary": sorted(HIDDEN)}), encoding="utf-8")
    result = CliRunner().invoke(app, ["protect", str(path)])
    assert (result.exit_code, result.stderr) == (0, "")
    printed = json.loads(result.stdout)
    assert list(printed) == ["suppressed", "secondary_cells", "secondary_value"]
    assert printed["secondary_cells"] == 1
    assert printed["secondary_value"] == 31
    assert set(printed["suppressed"]) == HIDDEN | {"x4"}
    attack_result = run_attack(tmp_path, table(TABLE, frozenset(printed["suppressed"])))
    assert json.loads(attack_result.stdout)["determined"] == []


def test_a_case_without_solution_is_refused(tmp_path: Path) -> None:
    content = table(TABLE, frozenset({"w1", "w2"}))
    for cell in content["cells"]:
        if cell["id"] in {"w1", "w2"}:
            cell["upper"] = 20
    result = run_attack(tmp_path, content)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Erreur : aucune solution")


def test_misuse_has_its_own_code() -> None:
    for command in ("attack", "protect"):
        assert CliRunner().invoke(app, [command]).exit_code == 2


def test_the_guide_s_example_answers_what_the_guide_says(tmp_path: Path) -> None:
    text = (settings.PROJECT / "docs" / "usage.md").read_text()
    path = tmp_path / "table.json"
    path.write_text(text.partition("```json\n")[2].partition("```")[0])
    for command in ("attack", "protect"):
        (told,) = re.findall(rf"`{command}` answers\s`(.+?)`", text)
        result = CliRunner().invoke(app, [command, str(path)])
        assert json.loads(result.stdout) == json.loads(told), command
