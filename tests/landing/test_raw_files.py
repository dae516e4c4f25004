"""What becomes of a raw file: closed to others, kept or erased once its deposit can be read."""

from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import DeclarationError
from orchestration.landing import raw_files
from orchestration.landing.intake.history import deposits
from orchestration.landing.land import land, land_pending
from tests.factories.csv_files import DOSSIER, FINANCEMENT, ORGANISME, in_vault, text, write
from tests.factories.modes import mode


@pytest.fixture
def erasing(monkeypatch: pytest.MonkeyPatch) -> None:
    _choose(monkeypatch, "effacer")


def _choose(monkeypatch: pytest.MonkeyPatch, fate: str) -> None:
    monkeypatch.setattr(raw_files, "variables", lambda: {"extraits_personnels": fate})


def _deliver(source: str, name: str, content: str) -> Path:
    path = write(settings.extracts(source) / name, content)
    for opened in (settings.extracts(), path.parent):
        opened.chmod(0o755)
    path.chmod(0o644)
    return path


def test_a_delivered_file_is_kept_closed_and_it_is_said() -> None:
    path = _deliver("dossiers", "dossiers_2023-03.csv", text([{}], DOSSIER))
    refused = _deliver("dossiers", "dossiers_2023-04.csv", "<html>")
    lines: list[str] = []
    land_pending("dossiers", progress=lines.append)
    assert lines[-1] == (
        "dossiers : 1 extrait(s) gardé(s) en clair, lisibles de leur seul propriétaire "
        "(extraits_personnels : garder)."
    )
    assert [mode(file) for file in (path, refused)] == [0o600] * 2
    assert [mode(folder) for folder in (settings.extracts(), path.parent)] == [0o700] * 2


def test_a_file_delivered_elsewhere_is_left_as_it_is(tmp_path: Path, erasing: None) -> None:
    path = write(tmp_path / "dossiers_2023-03.csv", text([{}], DOSSIER))
    path.chmod(0o644)
    link = settings.extracts("dossiers") / "lien_2023-03.csv"
    link.parent.mkdir(parents=True)
    link.symlink_to(path)
    statuses = sorted(report.status for report in land("dossiers", [path, link]))
    assert statuses == ["atterri", "deja_atterri"]
    assert mode(path) == 0o644
    assert link.is_symlink()


def test_a_landed_file_is_erased(erasing: None) -> None:
    path = _deliver("financements", "f_2023-03.csv", text([{}], FINANCEMENT))
    refused = _deliver("financements", "f_2023-04.csv", "<html>")
    public = _deliver("organismes", "o_2023-03-01.csv", text([{}], ORGANISME))
    lines: list[str] = []
    land_pending("financements", progress=lines.append)
    land_pending("organismes", progress=lines.append)
    assert "financements : 1 extrait(s) effacé(s), leur dépôt relu." in lines
    assert [file.exists() for file in (path, refused, public)] == [False, True, True]
    assert in_vault("select count(*) from coffre.atterrissage.financements") == [(1,)]
    again = _deliver("financements", "f_2023-03.csv", text([{}], FINANCEMENT))
    assert [report.status for report in land_pending("financements")] == ["deja_atterri", "refuse"]
    assert not again.exists()
    assert len(deposits("financements")) == 1


@pytest.mark.parametrize("file", ["financements.parquet", "rejets.parquet"])
def test_a_file_whose_deposit_cannot_be_read_is_kept(
    file: str, erasing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _deliver("financements", "f_2023-03.csv", text([{}, {"montant": "x"}], FINANCEMENT))
    with monkeypatch.context() as patch:
        _choose(patch, "garder")
        land_pending("financements")
    (deposit,) = deposits("financements")
    landed = deposit.directory / file
    content = bytearray(landed.read_bytes())
    # A byte of an encrypted page, far from the footer: its number of rows can still be read.
    content[40] ^= 1
    landed.chmod(0o600)
    landed.write_bytes(bytes(content))
    lines: list[str] = []
    land_pending("financements", progress=lines.append)
    assert path.exists()
    assert "1 extrait(s) gardé(s) en clair" in lines[-1]
    assert "leur dépôt ne se relit pas" in lines[-1]


def test_another_fate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _choose(monkeypatch, "oublier")
    with pytest.raises(DeclarationError, match="« garder » ou « effacer »"):
        raw_files.fate()
    monkeypatch.undo()
    assert raw_files.fate() == "garder"
