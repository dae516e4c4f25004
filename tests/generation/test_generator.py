"""Extracts depend on the scale, the seed and the month alone, which are checked."""

import hashlib
from pathlib import Path

import pytest

from orchestration.generation.generator import generate
from orchestration.generation.scales import SCALES, Scale, fraction, parse_scale


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_another_seed_other_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(fraction(0.001), "2020-02", seed, tmp_path / name)
    first, second, other = (_digests(tmp_path / name) for name in "abc")
    assert len(first) == 8
    assert first == second
    assert first.keys() == other.keys()
    assert not set(first.values()) & set(other.values())


def test_a_month_delivered_does_not_depend_on_the_months_that_follow(tmp_path: Path) -> None:
    generate(fraction(0.001), "2020-02", 3, tmp_path / "court")
    generate(fraction(0.001), "2020-04", 3, tmp_path / "long")
    short, long = _digests(tmp_path / "court"), _digests(tmp_path / "long")
    deltas = {name for name in short if name.startswith(("dossiers", "financements"))}
    assert len(deltas) == 4
    assert {name: short[name] for name in deltas} == {name: long[name] for name in deltas}


def test_returned_paths_are_the_files_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    paths = generate(fraction(0.001), "2020-02", 3, tmp_path)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for entries in paths.values() for path in entries} == written
    assert {path.name for path in paths["dossiers"]} == {
        "dossiers_2020-01.csv",
        "dossiers_2020-02.csv",
    }
    assert paths["edof"][0].name == "edof_catalogue_2020-02-29.xml"
    assert {path.name for path in tmp_path.iterdir()} == set(paths)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("demo", SCALES["demo"]),
        ("essai", fraction(0.01)),
        ("national", fraction(1.0)),
        ("0,5", fraction(0.5)),
        ("2", fraction(2.0)),
    ],
)
def test_scales(text: str, expected: Scale) -> None:
    assert parse_scale(text) == expected


@pytest.mark.parametrize("text", ["", "grand", "0", "-1", "nan", "inf", "11"])
def test_unknown_scales_are_refused_in_french(text: str) -> None:
    with pytest.raises(ValueError, match="échelle"):
        parse_scale(text)


@pytest.mark.parametrize("month", ["2019-12", "2024-13", "2024", "2024-1", "juin"])
def test_invalid_months_are_refused_before_any_writing(tmp_path: Path, month: str) -> None:
    with pytest.raises(ValueError, match="AAAA-MM"):
        generate(fraction(0.001), month, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
