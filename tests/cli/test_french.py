"""What the command line refuses is said in French, whichever mistake is made."""

import re

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app

_ENGLISH = re.compile(
    r"\b(Invalid|Missing|No such|Did you|Possible|unexpected|argument\(s\)|requires|does not|"
    r"Input should|valid integer|Try |for help|Error|value for|greater|less than)\b"
)
_WRONG = {
    "unknown command": (["verifi"], "Commande inconnue : 'verifi'. Peut-être 'verify' ?"),
    "far command": (["zzz"], "Commande inconnue : 'zzz'."),
    "unknown option": (["status", "--jeux"], "Option inconnue : --jeux"),
    "near option": (["run", "--selec", "x"], "--selec. Options proches : --help, --select"),
    "missing argument": (["diff"], "Il manque l'argument 'jeu'."),
    "missing option": (["withdraw", "a", "b"], "Il manque l'option '--raison'."),
    "no value": (["run", "--select"], "L'option '--select' demande une valeur."),
    "too many": (["status", "a", "b"], "Arguments en trop : a b"),
    "no number": (["serve", "--port", "x"], "un nombre entier est attendu"),
    "too small": (["serve", "--port", "-1"], "0 au moins est attendu"),
    "too large": (["serve", "--port", "70000"], "65535 au plus est attendu"),
    "flag": (["run", "--public=oui"], "L'option '--public' ne prend pas de valeur."),
}


@pytest.mark.parametrize("name", _WRONG)
def test_a_mistake_is_told_in_french(name: str) -> None:
    arguments, expected = _WRONG[name]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "120", "NO_COLOR": "1"})
    assert done.exit_code == 2
    said = " ".join(re.sub(r"[│╭╰╮╯─]", " ", done.stderr).split())
    assert expected in said, said
    assert not _ENGLISH.search(said), said
