"""Publishing: what a version holds, when there is none, and what a killed run leaves."""

import datetime as dt
import hashlib
import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication import fichiers, publier
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.publier import Publication, RefusError, nettoyer
from orchestration.publication.verifier import verifier
from orchestration.publication.versions import PointeurError, Version, suivante, versions
from orchestration.quality.rapport import relire
from tests.unit import petits_jeux, rapports
from tests.unit.petits_jeux import ACHATS


@pytest.fixture
def jeu(etat: Path, jeux: dict[str, Jeu]) -> Jeu:
    return jeux[ACHATS]


def _candidat(jeu: Jeu, dossiers: int = 40) -> Candidat:
    rows = petits_jeux.lignes(jeu.nom)
    rows[0]["nb_dossiers"] = dossiers
    petits_jeux.construire_mart(jeu, rows)
    return preparer(jeu)


def _publier(jeu: Jeu, dossiers: int = 40) -> Publication:
    candidat = _candidat(jeu, dossiers)
    return publier.publier(jeu, candidat, rapports.rapport(jeu, candidat))


def _dossier(jeu: Jeu) -> Path:
    return settings.publications(jeu.nom)


def _pointeur(jeu: Jeu) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_dossier(jeu) / "current.json").read_text())
    return content


def _integre(jeu: Jeu) -> bool:
    found = verifier(settings.publications(), jeu.nom)
    return bool(found) and all(item.ok for item in found)


def test_a_version_binds_everything(jeu: Jeu) -> None:
    done = _publier(jeu)
    manifest = json.loads((done.chemin / "manifest.json").read_text())
    names = {path.name for path in done.chemin.iterdir()}
    data = {f"{jeu.nom}.parquet", f"{jeu.nom}.csv"}
    assert names == data | {"qualite.json", "qualite.html", "manifest.json", "SHA256SUMS"}
    assert {file["nom"] for file in manifest["fichiers"]} == data | {"qualite.json", "qualite.html"}
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
    assert _pointeur(jeu)["manifest_sha256"] == fichiers.sha256(done.chemin / "manifest.json")
    assert done.version in (done.chemin / "qualite.html").read_text()


def test_sums_are_those_of_sha256sum(jeu: Jeu) -> None:
    done = _publier(jeu)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=done.chemin,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(b"OK") == 5


def test_published_files_are_read_only(jeu: Jeu) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in _publier(jeu).chemin.iterdir()}
    assert modes == {0o444}


def test_a_new_content_is_a_new_version_chained_to_the_last(jeu: Jeu) -> None:
    first, second = _publier(jeu), _publier(jeu, dossiers=41)
    manifest = json.loads((second.chemin / "manifest.json").read_text())
    assert (first.statut, second.statut) == ("publie", "publie")
    assert second.version == first.version[:-1] + "2"
    assert manifest["version_precedente"] == {
        "version": first.version,
        "manifest_sha256": fichiers.sha256(first.chemin / "manifest.json"),
    }
    assert _pointeur(jeu)["version"] == second.version
    assert _integre(jeu)


def test_the_same_content_is_no_new_version(jeu: Jeu) -> None:
    first = _publier(jeu)
    before = {path: path.stat().st_mtime_ns for path in _dossier(jeu).rglob("*")}
    again = _publier(jeu)
    assert again == replace(first, statut="inchange")
    assert {path: path.stat().st_mtime_ns for path in _dossier(jeu).rglob("*")} == before


def test_the_same_content_replaces_a_damaged_version(jeu: Jeu) -> None:
    first = _publier(jeu)
    _abimer(first.chemin / f"{jeu.nom}.csv")
    again = _publier(jeu)
    assert (again.statut, again.version) == ("publie", first.version[:-1] + "2")


def _abimer(path: Path) -> None:
    """Flip one byte, on a copy: published files share their bytes with the candidate's."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(bytes(content))


def test_a_critical_failure_blocks_and_leaves_its_report(jeu: Jeu) -> None:
    first = _publier(jeu)
    candidat = _candidat(jeu, dossiers=41)
    verdicts = rapports.resultat("cle_unique", success=False)
    rapport = rapports.rapport(jeu, candidat, verdicts)
    with pytest.raises(RefusError, match="cle_unique"):
        publier.publier(jeu, candidat, rapport)
    assert _pointeur(jeu)["version"] == first.version
    assert relire(jeu) == rapport
    assert "Bloqué" in (settings.candidats(jeu.nom) / "qualite.html").read_text()


def test_a_warning_does_not_block(jeu: Jeu) -> None:
    candidat = _candidat(jeu)
    verdict = rapports.resultat("intitules", success=False, severity="alerte")
    done = publier.publier(jeu, candidat, rapports.rapport(jeu, candidat, verdict))
    manifest = json.loads((done.chemin / "manifest.json").read_text())
    assert manifest["controle"]["alertes"] == ["intitules"]


def test_a_file_changed_after_its_control_is_refused(jeu: Jeu) -> None:
    candidat = _candidat(jeu)
    rapport = rapports.rapport(jeu, candidat)
    _abimer(candidat.chemin("parquet"))
    with pytest.raises(RefusError, match=r"parquet a changé depuis le contrôle"):
        publier.publier(jeu, candidat, rapport)
    assert versions(_dossier(jeu)) == []
    candidat.chemin("csv").unlink()
    with pytest.raises(RefusError, match=r"a changé|a disparu"):
        publier.publier(jeu, candidat, rapport)
    assert not (_dossier(jeu) / "current.json").exists()


def test_the_report_of_another_candidate_is_refused(jeu: Jeu) -> None:
    rapport = rapports.rapport(jeu, _candidat(jeu))
    other = _candidat(jeu, dossiers=41)
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


# --- killed publications -----------------------------------------------------------------------


class CrashError(BaseException):
    """Stands for a kill: nothing that the publication does may catch it."""


class Steps:
    """Counts the writes of a publication, and crashes before the ``crash``-th."""

    def __init__(self, patch: pytest.MonkeyPatch, crash: int | None) -> None:
        self.count, self.crash = 0, crash
        for owner, name in (
            (publier, "ecrire"),
            (publier, "synchroniser"),
            (publier, "remplacer"),
            (fichiers, "ecrire"),
            (fichiers, "synchroniser"),
            (Path, "rename"),
            (Path, "replace"),
            (Path, "hardlink_to"),
            (Path, "chmod"),
            (Path, "mkdir"),
        ):
            patch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, function: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.crash:
                raise CrashError
            return function(*arguments, **named)

        return step


def test_a_crash_before_any_write_leaves_the_old_or_the_new(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _publier(jeu)
    candidat = _candidat(jeu, dossiers=41)
    rapport = rapports.rapport(jeu, candidat)
    crash, outcomes = 0, []
    while not outcomes or outcomes[-1] is not None:
        crash += 1
        with monkeypatch.context() as patch:
            Steps(patch, crash)
            try:
                publier.publier(jeu, candidat, rapport)
                outcomes.append(None)
            except CrashError:
                outcomes.append(_pointeur(jeu)["version"])
        assert _integre(jeu)
        if outcomes[-1] not in (None, old.version):
            break  # the pointer has moved: the next call finds the new version current
    new = publier.publier(jeu, candidat, rapport)
    assert crash > 20
    assert set(outcomes) <= {old.version, new.version, None}
    assert new.version == old.version[:-1] + "2"
    assert sorted(path.name for path in _dossier(jeu).iterdir()) == [
        old.version,
        new.version,
        "current.json",
    ]


def test_a_complete_version_that_was_never_current_is_removed(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _publier(jeu)
    with monkeypatch.context() as patch:
        patch.setattr(publier, "remplacer", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            _publier(jeu, dossiers=41)
    left = old.version[:-1] + "2"
    assert (_dossier(jeu) / left / "manifest.json").exists()
    assert _integre(jeu)
    assert _pointeur(jeu)["version"] == old.version
    assert nettoyer(jeu.nom) == [left]
    assert _publier(jeu, dossiers=42).version == left


def test_a_lost_pointer_never_costs_a_version(jeu: Jeu) -> None:
    first = _publier(jeu)
    _publier(jeu, dossiers=41)
    pointer = _dossier(jeu) / "current.json"
    pointer.unlink()
    with pytest.raises(PointeurError, match="restaurer"):
        nettoyer(jeu.nom)
    pointer.write_text('{"version": "' + first.version)
    with pytest.raises(PointeurError, match="illisible"):
        nettoyer(jeu.nom)
    assert len(versions(_dossier(jeu))) == 2
    assert not _integre(jeu)


def test_an_interrupted_first_publication_is_forgotten(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publier, "remplacer", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            _publier(jeu)
    assert _integre(jeu)
    assert _publier(jeu, dossiers=41).version.endswith(".1")
    assert _integre(jeu)
