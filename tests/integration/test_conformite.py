"""The conformance suite against a live server: one started here, or ``$CONFORMITE_URL``.

Belongs here: running the cases and scenarios of ``tests.conformite``. Does not: any case. To test
another server, serve it the packages that ``tests.conformite.donnees.ecrire`` writes.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.conformite import scenarios
from tests.conformite.comparer import ecarts
from tests.conformite.envoi import Client, serveur
from tests.conformite.modele import Cas
from tests.conformite.suite import tous

pytestmark = pytest.mark.xdist_group("conformite")


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serveur(tmp_path_factory.mktemp("conformite")) as found:
        yield found


@pytest.mark.parametrize("cas", tous(), ids=lambda case: f"{case.paragraphe} {case.nom}")
def test_cas(client: Client, cas: Cas) -> None:
    found = ecarts(cas, client.jouer(cas))
    assert not found, f"{cas.paragraphe} {cas.nom}\n{cas.chemin} {cas.params}\n" + "\n".join(found)


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda one: one.__name__)
def test_scenario(client: Client, scenario: Callable[[Client], None]) -> None:
    scenario(client)
