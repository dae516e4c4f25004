"""The conformance suite against a live server: one started here, or ``$CONFORMITE_URL``.

Belongs here: running the cases and scenarios of ``tests.conformity``. Does not: any case. To test
another server, serve it the packages that ``tests.conformite.data_files.write`` writes.
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
    with server(tmp_path_factory.mktemp("conformite")) as result:
        yield result


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.section} {case.nom}")
def test_case(client: Client, case: Case) -> None:
    result = deviations(case, client.send_case(case))
    assert not result, f"{case.section} {case.nom}\n{case.path} {case.params}\n" + "\n".join(result)


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda function: function.__name__)
def test_scenario(client: Client, scenario: Callable[[Client], None]) -> None:
    scenario(client)
