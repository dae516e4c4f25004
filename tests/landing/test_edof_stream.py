"""The EDOF catalogue as a stream: wrappings, encodings, lines, memory, the generator's one."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from orchestration.generation.generator import generate
from orchestration.generation.scales import fraction
from orchestration.landing.land import land
from orchestration.landing.sources.edof.validity import XSD
from tests.factories.csv_files import in_vault, rejects, write
from tests.factories.edof_catalogue import SIRET, catalog, formation


def _land(folder: Path, content: bytes) -> None:
    report = land("edof", [write(folder / "edof_catalogue_2026-05-31.xml", content)])[0]
    assert report.status == "atterri", report.error


@pytest.mark.parametrize(
    "content",
    [
        catalog(encoding="utf-8"),
        b"\xef\xbb\xbf" + catalog(encoding="utf-8"),
        gzip.compress(catalog(), mtime=0),
    ],
    ids=["utf-8", "utf-8 with its mark", "gzip"],
)
def test_other_wrappings_give_the_same_rows(tmp_path: Path, content: bytes) -> None:
    _land(tmp_path, content)
    assert in_vault("select intitule from coffre.atterrissage.edof_formations") == [
        ("Prévention & sécurité",)
    ]


def test_windows_quotes_under_an_iso_label_are_read_as_meant(tmp_path: Path) -> None:
    _land(tmp_path, catalog().replace(b"Savoir", b"L\x92\x9cuvre \xe9crite"))
    result = in_vault("select resultats_attendus from coffre.atterrissage.edof_formations")
    assert result == [("L’œuvre écrite",)]


def test_lines_are_right_beyond_65535(tmp_path: Path) -> None:
    _land(tmp_path, catalog("\n" * 70_000, formation("F1", (SIRET, "1")), formation("F2")))
    assert rejects("edof")[0]["ligne"] > 70_000


def test_the_generator_satisfies_the_xsd(tmp_path: Path) -> None:
    (path,) = generate(fraction(0.0005), "2020-03", 3, tmp_path)["edof"]
    schema = etree.XMLSchema(file=str(XSD))
    document = etree.parse(str(path))
    # The dates out of the calendar are planted; nothing else may depart from the structure.
    schema.validate(document)
    result = {error.message.partition(":")[0] for error in schema.error_log}
    assert all("datemaj" in where for where in result), result


# Small batches, so that the small file fills several too. Not ``ru_maxrss`` for the peak: a process
# inherits it from the one that started it.
PROBE = """
import sys
from pathlib import Path
from orchestration.landing.sources.edof import edof_catalogue as edof
from orchestration.landing.land import land
edof.BATCH.update(dict.fromkeys(edof.BATCH, 1_000))
report, = land("edof", [Path(sys.argv[1])])
assert report.status == "atterri", report.error
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.slow
def test_memory_does_not_follow_the_size(tmp_path: Path) -> None:
    peaks_mb = []
    for size in (8_000, 24_000):
        numbered = (formation(f"F{rank}") for rank in range(size))
        path = write(tmp_path / f"edof_{size}.xml", catalog(*numbered))
        completed = subprocess.run(
            [sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, check=True
        )
        peaks_mb.append(int(completed.stdout) / 1024)
    assert peaks_mb[1] < peaks_mb[0] + 25, peaks_mb
