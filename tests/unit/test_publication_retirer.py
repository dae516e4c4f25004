"""Withdrawing a version: a tombstone in its place, and everything else goes on."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS
from typer.testing import CliRunner

from orchestration import settings
from orchestration.cli import app
from orchestration.description.site import lire_site
from orchestration.description.vitrine import lire_vitrine
from orchestration.jeux import Jeu
from orchestration.publication import fichiers, retirer
from orchestration.publication.etat import etat as lire_etat
from orchestration.publication.retirer import RefusRetraitError
from orchestration.publication.verifier import verifier
from tests.unit.petites_publications import dossier, est_integre, publier_jeu
from tests.unit.petits_jeux import ACHATS

RAISON = "Montants <faux> en Corse"
LEFT = {"manifest.json", "retrait.json", "SHA256SUMS"}


class CrashError(BaseException):
    """Stands for a kill: nothing may catch it."""


@pytest.fixture
def trois(etat: Path, jeux: dict[str, Jeu]) -> tuple[Jeu, list[str]]:
    """Three versions of the purchases."""
    jeu = jeux[ACHATS]
    return jeu, [publier_jeu(jeu, dossiers).version for dossiers in (40, 41, 42)]


def _noms(jeu: Jeu, version: str) -> set[str]:
    return {path.name for path in (dossier(jeu) / version).iterdir()}


def test_a_tombstone_takes_the_place_of_the_files(trois: tuple[Jeu, list[str]]) -> None:
    jeu, (first, second, third) = trois
    manifest = (dossier(jeu) / first / "manifest.json").read_bytes()
    held = {item["nom"]: item["sha256"] for item in json.loads(manifest)["fichiers"]}
    retirer.retirer(ACHATS, first, RAISON)
    assert _noms(jeu, first) == LEFT
    assert (dossier(jeu) / first / "manifest.json").read_bytes() == manifest
    tombstone = json.loads((dossier(jeu) / first / "retrait.json").read_text())
    assert (tombstone["version"], tombstone["raison"]) == (first, RAISON)
    assert {item["nom"]: item["sha256"] for item in tombstone["fichiers"]} == held
    assert est_integre(jeu)
    shown = {item.version: item.retrait for item in verifier(settings.publications(), ACHATS)}
    assert shown[first]
    assert shown[second] is shown[third] is None


def test_the_diff_that_quotes_it_goes_too(trois: tuple[Jeu, list[str]]) -> None:
    jeu, (first, second, third) = trois
    before = _noms(jeu, second)
    retirer.retirer(ACHATS, first, RAISON)
    assert before - _noms(jeu, second) == {"ecarts.parquet"}
    assert _noms(jeu, second) - before == {"retrait_ecarts.json"}
    assert "ecarts.parquet" in _noms(jeu, third)
    retirer.retirer(ACHATS, second, "autre raison")
    assert _noms(jeu, second) == LEFT | {"retrait_ecarts.json"}
    assert "ecarts.parquet" not in _noms(jeu, third)
    assert est_integre(jeu)


def test_the_current_version_is_refused(trois: tuple[Jeu, list[str]]) -> None:
    jeu, versions = trois
    before = _noms(jeu, versions[2])
    with pytest.raises(RefusRetraitError, match="version courante"):
        retirer.retirer(ACHATS, versions[2], RAISON)
    done = CliRunner().invoke(app, ["withdraw", ACHATS, versions[2], "--raison", RAISON])
    assert done.exit_code == 1
    assert "publier d'abord" in done.stderr
    assert _noms(jeu, versions[2]) == before


def test_the_command_withdraws_and_everything_goes_on(trois: tuple[Jeu, list[str]]) -> None:
    jeu, (first, second, third) = trois
    command = ["withdraw", ACHATS, first, "--raison"]
    assert CliRunner().invoke(app, [*command, " "]).exit_code == 2
    unknown = CliRunner().invoke(app, ["withdraw", ACHATS, "2020.01.1", "--raison", RAISON])
    assert (unknown.exit_code, "version inconnue" in unknown.stderr) == (2, True)
    assert CliRunner().invoke(app, [*command, RAISON]).exit_code == 0
    again = CliRunner().invoke(app, [*command, "une autre"])
    assert (again.exit_code, RAISON in again.stderr) == (0, True)
    shown = CliRunner().invoke(app, ["verify"])
    assert shown.exit_code == 0
    assert f"retirée le {_retrait(jeu, first)['retire_le'][:10]} : {RAISON}" in shown.stdout
    diff = CliRunner().invoke(app, ["diff", ACHATS, first, third])
    assert (diff.exit_code, RAISON in diff.stderr) == (1, True)

    (seen,) = lire_vitrine().jeux
    assert [card.version for card in seen.fiches] == [third, second]
    assert [item.version for item in seen.retirees] == [first]
    assert "ecarts.parquet" not in {item.nom for item in seen.fiches[1].rapports}
    page = html.fromstring((settings.site() / ACHATS / "index.html").read_bytes())
    assert RAISON in page.text_content()
    assert not page.xpath("//a[contains(@href, $folder)]", folder=f"{first}/")
    for link in page.xpath("//a[contains(@href, $folder)]/@href", folder=f"{second}/"):
        assert (dossier(jeu) / second / Path(str(link)).name).exists(), link

    site = lire_site()
    feed = etree.parse(settings.site() / "atom.xml").getroot()
    address = site.version(ACHATS, first)
    (entry,) = (item for item in feed.findall("{*}entry") if item.findtext("{*}id") == address)
    assert RAISON in entry.findtext("{*}summary")
    assert entry.findtext("{*}updated") == _retrait(jeu, first)["retire_le"]
    assert not entry.findall("{*}link[@rel='enclosure']")
    manifest = json.loads((dossier(jeu) / first / "manifest.json").read_text())
    for name in ("catalogue.ttl", "moissonnage.ttl"):
        node = URIRef(site.version(ACHATS))
        issued = Graph().parse(settings.site() / name).value(node, DCTERMS.issued)
        assert str(issued).startswith(manifest["publie_le"][:19]), name

    assert next(item for item in lire_etat() if item.jeu == ACHATS).version == third
    publier_jeu(jeu, 43)
    assert est_integre(jeu)


def test_the_version_to_use_instead_is_told(trois: tuple[Jeu, list[str]]) -> None:
    jeu, (first, second, third) = trois
    command = ["withdraw", ACHATS, first, "--raison", RAISON, "--remplacee-par"]
    for instead, code in (("2020.01.1", 2), (first, 1)):
        assert CliRunner().invoke(app, [*command, instead]).exit_code == code
    assert "retrait.json" not in _noms(jeu, first)
    assert CliRunner().invoke(app, [*command, third]).exit_code == 0
    assert _retrait(jeu, first)["remplacee_par"] == third
    with pytest.raises(RefusRetraitError, match="ne peut pas remplacer"):
        retirer.retirer(ACHATS, second, RAISON, first)
    assert f"remplacée par {third}" in CliRunner().invoke(app, ["verify"]).stdout
    page = html.fromstring((settings.site() / ACHATS / "index.html").read_bytes())
    assert f"remplacée par la version {third}" in page.text_content()


def _retrait(jeu: Jeu, version: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((dossier(jeu) / version / "retrait.json").read_text())
    return content


@pytest.mark.parametrize("name", sorted(LEFT))
def test_a_changed_tombstone_is_named(trois: tuple[Jeu, list[str]], name: str) -> None:
    jeu, versions = trois
    retirer.retirer(ACHATS, versions[0], RAISON)
    path = dossier(jeu) / versions[0] / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))
    (wrong,) = (item for item in verifier(settings.publications(), ACHATS) if not item.ok)
    assert any(name in problem for problem in wrong.problemes)


def test_data_put_back_is_named(trois: tuple[Jeu, list[str]], tmp_path: Path) -> None:
    jeu, versions = trois
    data = dossier(jeu) / versions[0] / f"{ACHATS}.csv"
    shutil.copy(data, tmp_path)
    retirer.retirer(ACHATS, versions[0], RAISON)
    shutil.copy(tmp_path / data.name, data)
    (wrong,) = (item for item in verifier(settings.publications(), ACHATS) if not item.ok)
    assert wrong.problemes == (f"{data.name} est en trop : il a été retiré",)


def test_killed_before_any_write_it_is_consistent_and_finished(
    trois: tuple[Jeu, list[str]], tmp_path: Path
) -> None:
    jeu, (first, second, _) = trois
    saved = tmp_path / "avant"
    shutil.copytree(dossier(jeu), saved)
    outcomes = set()
    crash = 0
    ended = False
    while not ended:
        crash += 1
        shutil.rmtree(dossier(jeu))
        shutil.copytree(saved, dossier(jeu))
        ended = _withdraw_and_crash(first, crash)
        found = [item for item in verifier(settings.publications(), ACHATS) if not item.ok]
        assert not found, (crash, found)
        (seen,) = lire_vitrine().jeux
        outcomes.add(first in {card.version for card in seen.fiches})
        if crash % 5:
            retirer.retirer(ACHATS, first, RAISON)
        else:  # the next publication ends what has begun
            publier_jeu(jeu, 43)
        begun = (dossier(jeu) / first / "retrait.json").exists()
        assert est_integre(jeu)
        assert not begun or _noms(jeu, first) == LEFT
        assert begun == ("ecarts.parquet" not in _noms(jeu, second))
        assert not any(item.inacheve for item in verifier(settings.publications(), ACHATS))
    assert crash > 20
    assert outcomes == {True, False}


def _withdraw_and_crash(version: str, crash: int) -> bool:
    """Withdraw, and crash before the ``crash``-th write; tell whether it came to its end."""
    count = 0

    def counted(function: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == crash:
                raise CrashError
            return function(*arguments, **named)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (fichiers, "ecrire"),
            (fichiers, "synchroniser"),
            (retirer, "synchroniser"),
            (Path, "replace"),
            (Path, "unlink"),
            (Path, "chmod"),
        ):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        try:
            retirer.retirer(ACHATS, version, RAISON)
        except CrashError:
            return False
    return True
