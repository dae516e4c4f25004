"""Withdrawing a version: a tombstone in its place, and everything else goes on."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from typer.testing import CliRunner

from orchestration import files, settings
from orchestration.cli.app import app
from orchestration.datasets import Dataset
from orchestration.metadata.version_card import read_site
from orchestration.release import withdraw
from orchestration.release.status import state as lire_etat
from orchestration.release.withdraw import WithdrawalRefusedError
from orchestration.site.published import read_published_site
from orchestration.store.verify import verify_publications
from tests.factories.crashes import CrashError, Steps
from tests.factories.small_datasets import PURCHASES
from tests.factories.small_publications import folder, is_intact, publish_dataset

REASON = "Montants <faux> en Corse"
REMAINING_FILES = {"manifest.json", "retrait.json", "SHA256SUMS"}


@pytest.fixture(scope="module")
def published(shared_state: None, datasets: dict[str, Dataset]) -> tuple[Path, list[str]]:
    """A state with three versions of the purchases."""
    versions = [publish_dataset(datasets[PURCHASES], dossiers).version for dossiers in (40, 41, 42)]
    return settings.data(), versions


@pytest.fixture
def three_versions(
    published: tuple[Path, list[str]], datasets: dict[str, Dataset], tmp_path: Path
) -> Iterator[tuple[Dataset, list[str]]]:
    """Three versions of the purchases, in a state of the test's own."""
    model, versions = published
    with settings.state_in(shutil.copytree(model, tmp_path / "data")):
        yield datasets[PURCHASES], versions


def _names(dataset: Dataset, version: str) -> set[str]:
    return {path.name for path in (folder(dataset) / version).iterdir()}


def test_a_tombstone_takes_the_place_of_the_files(
    three_versions: tuple[Dataset, list[str]],
) -> None:
    dataset, (first, second, third) = three_versions
    manifest = (folder(dataset) / first / "manifest.json").read_bytes()
    digests_kept = {item["nom"]: item["sha256"] for item in json.loads(manifest)["fichiers"]}
    withdraw.withdraw_version(PURCHASES, first, REASON)
    assert _names(dataset, first) == REMAINING_FILES
    assert (folder(dataset) / first / "manifest.json").read_bytes() == manifest
    tombstone = json.loads((folder(dataset) / first / "retrait.json").read_text())
    assert (tombstone["version"], tombstone["raison"]) == (first, REASON)
    assert {item["nom"]: item["sha256"] for item in tombstone["fichiers"]} == digests_kept
    assert is_intact(dataset)
    shown = {
        verify_publication.version: verify_publication.withdrawal
        for verify_publication in verify_publications(settings.publications(), PURCHASES)
    }
    assert shown[first]
    assert shown[second] is shown[third] is None


def test_the_diff_that_quotes_it_goes_too(three_versions: tuple[Dataset, list[str]]) -> None:
    dataset, (first, second, third) = three_versions
    before = _names(dataset, second)
    withdraw.withdraw_version(PURCHASES, first, REASON)
    assert before - _names(dataset, second) == {"ecarts.parquet"}
    assert _names(dataset, second) - before == {"retrait_ecarts.json"}
    assert "ecarts.parquet" in _names(dataset, third)
    withdraw.withdraw_version(PURCHASES, second, "autre raison")
    assert _names(dataset, second) == REMAINING_FILES | {"retrait_ecarts.json"}
    assert "ecarts.parquet" not in _names(dataset, third)
    assert is_intact(dataset)


def test_the_current_version_is_refused(three_versions: tuple[Dataset, list[str]]) -> None:
    dataset, versions = three_versions
    before = _names(dataset, versions[2])
    with pytest.raises(WithdrawalRefusedError, match="version courante"):
        withdraw.withdraw_version(PURCHASES, versions[2], REASON)
    result = CliRunner().invoke(app, ["withdraw", PURCHASES, versions[2], "--raison", REASON])
    assert result.exit_code == 1
    assert "publier d'abord" in result.stderr
    assert _names(dataset, versions[2]) == before


@pytest.mark.slow
def test_the_command_withdraws_and_everything_goes_on(
    three_versions: tuple[Dataset, list[str]],
) -> None:
    dataset, (first, second, third) = three_versions
    command = ["withdraw", PURCHASES, first, "--raison"]
    assert CliRunner().invoke(app, [*command, " "]).exit_code == 2
    unknown = CliRunner().invoke(app, ["withdraw", PURCHASES, "2020.01.1", "--raison", REASON])
    assert (unknown.exit_code, "version inconnue" in unknown.stderr) == (2, True)
    assert CliRunner().invoke(app, [*command, REASON]).exit_code == 0
    again = CliRunner().invoke(app, [*command, "une autre"])
    assert (again.exit_code, REASON in again.stderr) == (0, True)
    shown = CliRunner().invoke(app, ["verify"])
    assert shown.exit_code == 0
    assert f"retirée le {_withdrawal(dataset, first)['retire_le'][:10]} : {REASON}" in shown.stdout
    diff = CliRunner().invoke(app, ["diff", PURCHASES, first, third])
    assert (diff.exit_code, REASON in diff.stderr) == (1, True)

    (seen,) = read_published_site().datasets
    assert [card.version for card in seen.version_cards] == [third, second]
    assert [withdrawn_version.version for withdrawn_version in seen.withdrawn_versions] == [first]
    assert "ecarts.parquet" not in {report.nom for report in seen.version_cards[1].reports}
    page = html.fromstring((settings.site() / PURCHASES / "index.html").read_bytes())
    assert REASON in page.text_content()
    assert not page.xpath("//a[contains(@href, $folder)]", folder=f"{first}/")
    for link in page.xpath("//a[contains(@href, $folder)]/@href", folder=f"{second}/"):
        assert (folder(dataset) / second / Path(str(link)).name).exists(), link

    site = read_site()
    feed = etree.parse(settings.site() / "atom.xml").getroot()
    address = site.version(PURCHASES, first)
    (entry,) = (item for item in feed.findall("{*}entry") if item.findtext("{*}id") == address)
    assert REASON in entry.findtext("{*}summary")
    assert entry.findtext("{*}updated") == _withdrawal(dataset, first)["retire_le"]
    assert not entry.findall("{*}link[@rel='enclosure']")
    manifest = json.loads((folder(dataset) / first / "manifest.json").read_text())
    for name in ("catalogue.ttl", "moissonnage.ttl"):
        node = URIRef(site.version(PURCHASES))
        issued = Graph().parse(settings.site() / name).value(node, DCTERMS.issued)
        assert str(issued).startswith(manifest["publie_le"][:19]), name

    assert next(item for item in lire_etat() if item.dataset == PURCHASES).version == third
    publish_dataset(dataset, 43)
    assert is_intact(dataset)


def test_the_version_to_use_instead_is_told(three_versions: tuple[Dataset, list[str]]) -> None:
    dataset, (first, second, third) = three_versions
    command = ["withdraw", PURCHASES, first, "--raison", REASON, "--remplacee-par"]
    for instead, code in (("2020.01.1", 2), (first, 1)):
        assert CliRunner().invoke(app, [*command, instead]).exit_code == code
    assert "retrait.json" not in _names(dataset, first)
    assert CliRunner().invoke(app, [*command, third]).exit_code == 0
    assert _withdrawal(dataset, first)["remplacee_par"] == third
    with pytest.raises(WithdrawalRefusedError, match="ne peut pas remplacer"):
        withdraw.withdraw_version(PURCHASES, second, REASON, first)
    assert f"remplacée par {third}" in CliRunner().invoke(app, ["verify"]).stdout
    page = html.fromstring((settings.site() / PURCHASES / "index.html").read_bytes())
    assert f"remplacée par la version {third}" in page.text_content()


def _withdrawal(dataset: Dataset, version: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder(dataset) / version / "retrait.json").read_text())
    return content


@pytest.mark.parametrize("name", sorted(REMAINING_FILES))
def test_a_changed_tombstone_is_named(three_versions: tuple[Dataset, list[str]], name: str) -> None:
    dataset, versions = three_versions
    withdraw.withdraw_version(PURCHASES, versions[0], REASON)
    path = folder(dataset) / versions[0] / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))
    (wrong,) = (
        verify_publication
        for verify_publication in verify_publications(settings.publications(), PURCHASES)
        if not verify_publication.ok
    )
    assert any(name in problem for problem in wrong.problems)


def test_data_put_back_is_named(three_versions: tuple[Dataset, list[str]], tmp_path: Path) -> None:
    dataset, versions = three_versions
    data = folder(dataset) / versions[0] / f"{PURCHASES}.csv"
    shutil.copy(data, tmp_path)
    withdraw.withdraw_version(PURCHASES, versions[0], REASON)
    shutil.copy(tmp_path / data.name, data)
    (wrong,) = (
        verify_publication
        for verify_publication in verify_publications(settings.publications(), PURCHASES)
        if not verify_publication.ok
    )
    assert wrong.problems == (f"{data.name} est en trop : il a été retiré",)


@pytest.mark.slow
def test_killed_before_any_write_it_is_consistent_and_finished(
    three_versions: tuple[Dataset, list[str]], tmp_path: Path
) -> None:
    dataset, (first, second, _) = three_versions
    saved, signed = tmp_path / "avant", tmp_path / "signatures"
    shutil.copytree(settings.publications(), saved)
    shutil.copytree(settings.signatures(), signed)
    outcomes = set()
    crash = 0
    ended = False
    while not ended:
        crash += 1
        shutil.rmtree(settings.publications())
        shutil.copytree(saved, settings.publications())
        # A restored state is restored whole: an older one alone is refused.
        shutil.rmtree(settings.signatures())
        shutil.copytree(signed, settings.signatures())
        ended = _withdraw_and_crash(first, crash)
        verified = [
            verify_publication
            for verify_publication in verify_publications(settings.publications(), PURCHASES)
            if not verify_publication.ok
        ]
        assert not verified, (crash, verified)
        (seen,) = read_published_site().datasets
        outcomes.add(first in {card.version for card in seen.version_cards})
        if crash % 5:
            withdraw.withdraw_version(PURCHASES, first, REASON)
        else:  # the next publication ends what has begun
            publish_dataset(dataset, 43)
        withdrawn = (folder(dataset) / first / "retrait.json").exists()
        assert is_intact(dataset)
        assert not withdrawn or _names(dataset, first) == REMAINING_FILES
        assert withdrawn == ("ecarts.parquet" not in _names(dataset, second))
        assert not any(
            verify_publication.is_unfinished
            for verify_publication in verify_publications(settings.publications(), PURCHASES)
        )
    assert crash > 20
    assert outcomes == {True, False}


def _withdraw_and_crash(version: str, crash: int) -> bool:
    """Withdraw, and crash before the ``crash``-th write; tell whether it came to its end."""
    with pytest.MonkeyPatch.context() as patch:
        Steps(
            patch,
            crash,
            (files, "write"),
            (files, "fsync"),
            (withdraw, "fsync"),
            (Path, "replace"),
            (Path, "unlink"),
            (Path, "chmod"),
        )
        try:
            withdraw.withdraw_version(PURCHASES, version, REASON)
        except CrashError:
            return False
    return True
