"""The conformance suite against a live server: one started here, or ``$CONFORMITE_URL``.

To test another server, serve it the packages that ``tests.conformity.data.write`` writes.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.conformity import scenarios
from tests.conformity.case import Case
from tests.conformity.client import Client, server
from tests.conformity.compare import deviations
from tests.conformity.suite import all_cases

pytestmark = pytest.mark.xdist_group("conformite")


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with server(tmp_path_factory.mktemp("conformite")) as client:
        yield client


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.section} {case.name}")
def test_case(client: Client, case: Case) -> None:
    differences = deviations(case, client.send_case(case))
    asked = f"{case.section} {case.name}\n{case.path} {case.params}\n"
    assert not differences, asked + "\n".join(differences)


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda function: function.__name__)
def test_scenario(client: Client, scenario: Callable[[Client], None]) -> None:
    scenario(client)
