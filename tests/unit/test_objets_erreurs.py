"""What a person reads when the bucket, the key or the network is missing; and a run that pushes."""

from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from orchestration import run, settings
from orchestration.cli import app
from orchestration.jeux import Jeu
from orchestration.objets import assets
from orchestration.objets.entetes import entetes
from orchestration.objets.erreurs import AdresseError
from orchestration.objets.seau import Seau
from tests.unit.petits_depots import adresse, fichiers, objets, publier_octets
from tests.unit.petits_jeux import OFFRE
from tests.unit.serveur_s3 import Serveur

pytestmark = pytest.mark.xdist_group("s3")


def cpf(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("variable", "value", "seau", "message"),
    [
        ("AWS_REGION", "us-east-1", "pas-la", "ce seau (bucket) n'existe pas"),
        ("AWS_SECRET_ACCESS_KEY", "faux", "essai", "accès refusé (SignatureDoesNotMatch)"),
        ("AWS_ACCESS_KEY_ID", "inconnue", "essai", "accès refusé (InvalidAccessKeyId)"),
        ("AWS_ACCESS_KEY_ID", "", "essai", "pas de clé d'accès"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9", "essai", "http://127.0.0.1:9 ne répond pas"),
    ],
)
def test_errors_are_french_and_have_code_1(
    prefixe: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    seau: str,
    message: str,
) -> None:
    publier_octets(OFFRE, 1, {"a.csv": b"1"})
    monkeypatch.setenv(variable, value)
    place = f"s3://{seau}/{prefixe}"
    for command in (["push", place], ["pull", place, str(tmp_path / "recu")]):
        done = cpf(*command)
        assert (done.exit_code, done.stdout) == (1, ""), done.stderr
        [line] = done.stderr.splitlines()
        assert line.startswith(f"Erreur : {place}")
        assert message in line


@pytest.mark.parametrize("place", ["", "essai", "s3://", "http://essai", "s3://Essai/x"])
def test_an_address_that_is_none_is_misuse(place: str) -> None:
    with pytest.raises(AdresseError, match="Attendu : s3://seau/préfixe"):
        Seau(place)


def test_without_a_server_s_address_it_is_amazon(
    prefixe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert Seau("s3://un-seau/").lieu("x") == "s3://un-seau/x"
    assert Seau(f"s3://un-seau/{prefixe}/").lieu() == f"s3://un-seau/{prefixe}"


def test_misuse_has_its_own_code(prefixe: str) -> None:
    assert cpf("push", "essai").exit_code == 2
    assert cpf("push", adresse(prefixe), "--select", "inconnu").exit_code == 2
    done = cpf("push", adresse(prefixe), "--select", OFFRE)
    assert (done.exit_code, "aucune version publiée ici" in done.stderr) == (1, True)


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
    assert entetes(nom)["Content-Type"] == kind


def executer(jeu: Jeu) -> run.Outcome:
    """Run what follows the publication of ``jeu``, which is there already."""

    @dg.asset(key=dg.AssetKey(["publications", jeu.nom]))
    def published() -> None:
        """Stand for the publication."""

    result = dg.materialize([published, *assets.assets(jeu)], raise_on_error=False)
    return run._outcome(result, [jeu.nom])


def test_a_run_pushes_what_it_published(
    s3: Serveur, prefixe: str, jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_OBJETS", adresse(prefixe))
    publier_octets(OFFRE, 1, {"a.csv": b"1"})
    assert executer(jeux[OFFRE]).success
    assert objets(s3.store(), prefixe) == fichiers(settings.publications())


def test_a_failed_push_fails_the_run_and_keeps_the_publication(
    prefixe: str, jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPF_OBJETS", f"s3://pas-la/{prefixe}")
    publier_octets(OFFRE, 1, {"a.csv": b"1"})
    before = fichiers(settings.publications())
    outcome = executer(jeux[OFFRE])
    assert (outcome.success, outcome.published, outcome.stopped) == (False, (OFFRE,), ())
    [failed] = outcome.failed_checks
    assert failed.startswith(
        f"objets/{OFFRE} : dépôt échoué, publication locale faite. s3://pas-la"
    )
    assert fichiers(settings.publications()) == before


def test_no_bucket_no_asset(prefixe: str, jeux: dict[str, Jeu]) -> None:
    assert assets.assets(jeux[OFFRE]) == []
