"""What a person reads when the bucket, the key or the network is missing; and a run that pushes."""

from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from orchestration import run, settings
from orchestration.bucket import assets
from orchestration.bucket.bucket import AddressError, Bucket, headers_of
from orchestration.cli.app import app
from orchestration.datasets import Dataset
from orchestration.resources import STATE, State
from tests.factories.s3_server import Server
from tests.factories.small_buckets import address, fichiers, objects, publish_bytes
from tests.factories.small_datasets import OFFER

pytestmark = pytest.mark.xdist_group("s3")


def cpf(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("variable", "value", "bucket", "message"),
    [
        ("AWS_REGION", "us-east-1", "pas-la", "ce seau (bucket) n'existe pas"),
        ("AWS_SECRET_ACCESS_KEY", "faux", "essai", "accès refusé (SignatureDoesNotMatch)"),
        ("AWS_ACCESS_KEY_ID", "inconnue", "essai", "accès refusé (InvalidAccessKeyId)"),
        ("AWS_ACCESS_KEY_ID", "", "essai", "pas de clé d'accès"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9", "essai", "http://127.0.0.1:9 ne répond pas"),
    ],
)
def test_errors_are_french_and_have_code_1(
    prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    bucket: str,
    message: str,
) -> None:
    publish_bytes(OFFER, 1, {"a.csv": b"1"})
    monkeypatch.setenv(variable, value)
    place = f"s3://{bucket}/{prefix}"
    for command in (["push", place], ["pull", place, str(tmp_path / "recu")]):
        invocation = cpf(*command)
        assert (invocation.exit_code, invocation.stdout) == (1, ""), invocation.stderr
        [line] = invocation.stderr.splitlines()
        assert line.startswith(f"Erreur : {place}")
        assert message in line


@pytest.mark.parametrize("place", ["", "essai", "s3://", "http://essai", "s3://Essai/x"])
def test_an_address_that_is_none_is_misuse(place: str) -> None:
    with pytest.raises(AddressError, match="Attendu : s3://seau/préfixe"):
        Bucket(place)


def test_without_a_server_s_address_it_is_amazon(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert Bucket("s3://un-seau/").location("x") == "s3://un-seau/x"
    assert Bucket(f"s3://un-seau/{prefix}/").location() == f"s3://un-seau/{prefix}"


def test_misuse_has_its_own_code(prefix: str) -> None:
    assert cpf("push", "essai").exit_code == 2
    assert cpf("push", address(prefix), "--select", "inconnu").exit_code == 2
    invocation = cpf("push", address(prefix), "--select", OFFER)
    assert (invocation.exit_code, "aucune version publiée ici" in invocation.stderr) == (1, True)


@pytest.mark.parametrize(
    ("nom", "kind"),
    [
        ("j/2026.03.1/x.jsonl", "application/jsonl"),
        ("j/2026.03.1/contrat.odcs.yaml", "application/yaml"),
        ("catalogue.ttl", "text/turtle; charset=utf-8"),
        ("catalogue.jsonld", "application/ld+json"),
        ("j/2026.03.1/sans_type", "application/octet-stream"),
    ],
)
def test_types(nom: str, kind: str) -> None:
    assert headers_of(nom)["Content-Type"] == kind


def run_after_publication(dataset: Dataset) -> run.Outcome:
    """Run what follows the publication of ``dataset``, which is there already."""

    @dg.asset(key=dg.AssetKey(["publications", dataset.nom]))
    def published() -> None:
        """Stand for the publication."""

    result = dg.materialize(
        [published, *assets.assets(dataset)], resources={STATE: State()}, raise_on_error=False
    )
    return run._outcome(result, [dataset.nom])


def test_a_run_pushes_what_it_published(
    s3: Server, prefix: str, datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_OBJETS", address(prefix))
    publish_bytes(OFFER, 1, {"a.csv": b"1"})
    assert run_after_publication(datasets[OFFER]).success
    assert objects(s3.store(), prefix) == fichiers(settings.publications())


def test_a_failed_push_fails_the_run_and_keeps_the_publication(
    prefix: str, datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_OBJETS", f"s3://pas-la/{prefix}")
    publish_bytes(OFFER, 1, {"a.csv": b"1"})
    before = fichiers(settings.publications())
    outcome = run_after_publication(datasets[OFFER])
    assert (outcome.success, outcome.published, outcome.stopped) == (False, (OFFER,), ())
    [failed] = outcome.failed_checks
    assert failed.startswith(
        f"objets/{OFFER} : dépôt échoué, publication locale faite. s3://pas-la"
    )
    assert fichiers(settings.publications()) == before


def test_no_bucket_no_asset(prefix: str, datasets: dict[str, Dataset]) -> None:
    assert assets.assets(datasets[OFFER]) == []
