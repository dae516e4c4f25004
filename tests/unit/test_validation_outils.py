"""The registry of ``make validate``: complete entries, whose versions are pinned."""

import pytest

from tests.validation.__main__ import SCRIPTS
from tests.validation.outils import OUTILS, REFUS, SITE, VERSION, Outil
from tests.validation.scripts import verdict


@pytest.mark.parametrize("outil", OUTILS, ids=lambda outil: outil.nom)
def test_an_entry_is_complete(outil: Outil) -> None:
    assert (SCRIPTS / outil.script).is_file()
    assert outil.paquets
    assert all("==" in package for package in outil.paquets)
    assert outil.casses, "un validateur doit refuser quelque chose"
    assert outil.portee in (VERSION, SITE)
    assert not outil.script.startswith("frictionless"), "Frictionless l'importerait"


def test_names_are_environments_so_they_differ() -> None:
    names = [outil.nom for outil in OUTILS]
    assert len(set(names)) == len(names)


def test_scripts_and_runner_call_a_refusal_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        verdict.rendre(["motif"])
    assert refused.value.code == REFUS
    assert capsys.readouterr().out == "motif\n"
    with pytest.raises(SystemExit) as accepted:
        verdict.rendre([])
    assert accepted.value.code == 0
