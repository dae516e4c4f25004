"""The registry of ``make validate``: complete entries, whose versions are pinned."""

import pytest

from tests.validation.__main__ import SCRIPTS
from tests.validation.scripts import verdict
from tests.validation.tools import EXIT_REFUSED, SITE, TOOLS, VERSION, Tool


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.nom)
def test_an_entry_is_complete(tool: Tool) -> None:
    assert (SCRIPTS / tool.script).is_file()
    assert tool.packages
    assert all("==" in package for package in tool.packages)
    assert tool.damages, "un validateur doit refuser quelque chose"
    assert tool.scope in (VERSION, SITE)
    assert not tool.script.startswith("frictionless"), "Frictionless l'importerait"


def test_names_are_environments_so_they_differ() -> None:
    names = [tool.nom for tool in TOOLS]
    assert len(set(names)) == len(names)


def test_scripts_and_runner_call_a_refusal_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        verdict.exit_with(["motif"])
    assert refused.value.code == EXIT_REFUSED
    assert capsys.readouterr().out == "motif\n"
    with pytest.raises(SystemExit) as accepted:
        verdict.exit_with([])
    assert accepted.value.code == 0
