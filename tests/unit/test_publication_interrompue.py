"""Publications stopped at each of their writes: what is left, and how the next one cleans it."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.jeux import Jeu
from orchestration.publication import edition, fichiers, publier
from orchestration.publication.publier import nettoyer
from orchestration.publication.versions import PointeurError, versions
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


class CrashError(BaseException):
    """Stands for a kill: nothing that the publication does may catch it."""


class Steps:
    """Counts the writes of a publication, and crashes before the ``crash``-th."""

    def __init__(self, patch: pytest.MonkeyPatch, crash: int | None) -> None:
        self.count, self.crash = 0, crash
        for owner, name in (
            (edition, "ecrire"),
            (edition, "synchroniser"),
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
    old = publier_jeu(jeu)
    candidat = candidat_de(jeu, dossiers=41)
    rapport = rapports.rapport(jeu, candidat)
    crash, outcomes = 0, list[str | None]()
    while not outcomes or outcomes[-1] is not None:
        crash += 1
        with monkeypatch.context() as patch:
            Steps(patch, crash)
            try:
                publier.publier(jeu, candidat, rapport)
                outcomes.append(None)
            except CrashError:
                outcomes.append(pointeur(jeu)["version"])
        assert est_integre(jeu)
        if outcomes[-1] not in (None, old.version):
            break  # the pointer has moved: the next call finds the new version current
    new = publier.publier(jeu, candidat, rapport)
    assert crash > 20
    assert set(outcomes) <= {old.version, new.version, None}
    assert new.version == old.version[:-1] + "2"
    assert sorted(path.name for path in dossier(jeu).iterdir()) == [
        old.version,
        new.version,
        "current.json",
    ]


def test_a_complete_version_that_was_never_current_is_removed(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publier_jeu(jeu)
    with monkeypatch.context() as patch:
        patch.setattr(publier, "remplacer", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            publier_jeu(jeu, dossiers=41)
    left = old.version[:-1] + "2"
    assert (dossier(jeu) / left / "manifest.json").exists()
    assert est_integre(jeu)
    assert pointeur(jeu)["version"] == old.version
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", _kill_after_the_manifest)
        with pytest.raises(CrashError):
            nettoyer(jeu.nom)
    assert est_integre(jeu)
    assert nettoyer(jeu.nom) == [f".en_cours-{left}"]
    assert publier_jeu(jeu, dossiers=42).version == left


def _kill_after_the_manifest(path: Path) -> None:
    (path / "manifest.json").unlink()
    raise CrashError


def test_a_lost_pointer_never_costs_a_version(jeu: Jeu) -> None:
    first = publier_jeu(jeu)
    publier_jeu(jeu, dossiers=41)
    pointer = dossier(jeu) / "current.json"
    pointer.unlink()
    with pytest.raises(PointeurError, match="restaurer"):
        nettoyer(jeu.nom)
    pointer.write_text('{"version": "' + first.version)
    with pytest.raises(PointeurError, match="illisible"):
        nettoyer(jeu.nom)
    assert len(versions(dossier(jeu))) == 2
    assert not est_integre(jeu)


def test_an_interrupted_first_publication_is_forgotten(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publier, "remplacer", lambda *_: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            publier_jeu(jeu)
    assert est_integre(jeu)
    assert publier_jeu(jeu, dossiers=41).version.endswith(".1")
    assert est_integre(jeu)
