"""Publishing: what a version holds, and when there is none."""

import datetime as dt
import hashlib
import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.description.documents import DOCUMENTS
from orchestration.jeux import Jeu
from orchestration.publication import fichiers, publier
from orchestration.publication.formats import FORMATS
from orchestration.publication.publier import RefusError
from orchestration.publication.versions import Version, suivante, versions
from orchestration.quality.rapport import relire
from tests.unit import rapports
from tests.unit.petites_publications import (
    candidat_de,
    dossier,
    est_integre,
    pointeur,
    publier_jeu,
    sans_registre,
)
from tests.unit.petits_jeux import ACHATS


@pytest.fixture
def jeu(etat: Path, jeux: dict[str, Jeu]) -> Jeu:
    return sans_registre(jeux[ACHATS])


def test_a_version_binds_everything(jeu: Jeu) -> None:
    done = publier_jeu(jeu)
    manifest = json.loads((done.chemin / "manifest.json").read_text())
    names = {path.name for path in done.chemin.iterdir()}
    data = {f"{jeu.nom}.{extension}" for extension in ("parquet", *FORMATS)}
    reports = {"qualite.json", "qualite.html", "secret.json", "secret.html", "changements.md"}
    documents = {name.format(jeu=jeu.nom) for name in DOCUMENTS}
    assert names == data | reports | documents | {"manifest.json", "SHA256SUMS"}
    assert {file["nom"] for file in manifest["fichiers"]} == data | reports | documents
    for file in manifest["fichiers"]:
        content = (done.chemin / file["nom"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["octets"]
        assert file.get("lignes", 12) == 12
    assert manifest["version"] == done.version == f"{dt.datetime.now(dt.UTC):%Y.%m}.1"
    assert manifest["seuil"] == 5
    assert manifest["filiere"] == ["dossiers", "financements", "certifications"]
    assert {item["source"] for item in manifest["extraits"]} == set(manifest["filiere"])
    assert manifest["controle"]["reussies"] == manifest["controle"]["regles"] == 1
    assert manifest["version_precedente"] is None
    assert set(manifest["code"]) in ({"commit", "modifie"}, {"version"})
    assert pointeur(jeu)["manifest_sha256"] == fichiers.sha256(done.chemin / "manifest.json")
    assert done.version in (done.chemin / "qualite.html").read_text()


def test_sums_are_those_of_sha256sum(jeu: Jeu) -> None:
    done = publier_jeu(jeu)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=done.chemin,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(b"OK") == 10 + len(DOCUMENTS)


def test_published_files_are_read_only(jeu: Jeu) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in publier_jeu(jeu).chemin.iterdir()}
    assert modes == {0o444}


def test_a_new_content_is_a_new_version_chained_to_the_last(jeu: Jeu) -> None:
    first, second = publier_jeu(jeu), publier_jeu(jeu, dossiers=41)
    manifest = json.loads((second.chemin / "manifest.json").read_text())
    assert (first.statut, second.statut) == ("publie", "publie")
    assert second.version == first.version[:-1] + "2"
    assert manifest["version_precedente"] == {
        "version": first.version,
        "manifest_sha256": fichiers.sha256(first.chemin / "manifest.json"),
    }
    assert pointeur(jeu)["version"] == second.version
    assert est_integre(jeu)


def test_the_same_content_is_no_new_version(jeu: Jeu) -> None:
    first = publier_jeu(jeu)
    before = {path: path.stat().st_mtime_ns for path in dossier(jeu).rglob("*")}
    again = publier_jeu(jeu)
    assert again == replace(first, statut="inchange")
    assert {path: path.stat().st_mtime_ns for path in dossier(jeu).rglob("*")} == before


def test_the_same_content_replaces_a_damaged_version(jeu: Jeu) -> None:
    first = publier_jeu(jeu)
    _abimer(first.chemin / f"{jeu.nom}.csv")
    again = publier_jeu(jeu)
    assert (again.statut, again.version) == ("publie", first.version[:-1] + "2")


def _abimer(path: Path) -> None:
    """Flip one byte, on a copy: published files share their bytes with the candidate's."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def test_a_critical_failure_blocks_and_leaves_its_report(jeu: Jeu) -> None:
    first = publier_jeu(jeu)
    candidat = candidat_de(jeu, dossiers=41)
    verdicts = rapports.resultat("cle_unique", success=False)
    rapport = rapports.rapport(jeu, candidat, verdicts)
    with pytest.raises(RefusError, match="cle_unique"):
        publier.publier(jeu, candidat, rapport)
    assert pointeur(jeu)["version"] == first.version
    assert relire(jeu) == rapport
    assert "Bloqué" in (settings.candidats(jeu.nom) / "qualite.html").read_text()


def test_a_warning_does_not_block(jeu: Jeu) -> None:
    candidat = candidat_de(jeu)
    verdict = rapports.resultat("intitules", success=False, severity="alerte")
    done = publier.publier(jeu, candidat, rapports.rapport(jeu, candidat, verdict))
    manifest = json.loads((done.chemin / "manifest.json").read_text())
    assert manifest["controle"]["alertes"] == ["intitules"]


def test_a_file_changed_after_its_control_is_refused(jeu: Jeu) -> None:
    candidat = candidat_de(jeu)
    rapport = rapports.rapport(jeu, candidat)
    _abimer(candidat.chemin("parquet"))
    with pytest.raises(RefusError, match=r"parquet a changé depuis le contrôle"):
        publier.publier(jeu, candidat, rapport)
    assert versions(dossier(jeu)) == []
    candidat.chemin("csv").unlink()
    with pytest.raises(RefusError, match=r"a changé|a disparu"):
        publier.publier(jeu, candidat, rapport)
    assert list(dossier(jeu).iterdir()) == []


def test_the_report_of_another_candidate_is_refused(jeu: Jeu) -> None:
    rapport = rapports.rapport(jeu, candidat_de(jeu))
    other = candidat_de(jeu, dossiers=41)
    with pytest.raises(RefusError, match="contrôlé tel quel"):
        publier.publier(jeu, other, rapport)
    with pytest.raises(RefusError, match="contrôlé tel quel"):
        # Controlled with another threshold than the one now declared.
        publier.publier(replace(jeu, seuil=10), other, rapports.rapport(jeu, other))


def test_numbers_follow_the_month_and_never_go_back(tmp_path: Path) -> None:
    march, april = dt.datetime(2026, 3, 9, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    assert suivante(tmp_path, march) == Version(2026, 3, 1)
    for name in ("2026.02.1", "2026.03.1", "2026.03.9", "2026.03.10"):
        (tmp_path / name).mkdir()
    assert str(suivante(tmp_path, march)) == "2026.03.11"
    assert str(suivante(tmp_path, april)) == "2026.04.1"
    assert str(suivante(tmp_path, march - dt.timedelta(days=60))) == "2026.03.11"
