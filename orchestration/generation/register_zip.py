"""The registers of certifications: the zip of ten CSV files, named and written as the real one,
and one of the two again as XML, which alone tells the states of authorisations.
"""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np

from orchestration.files import atomic_write
from orchestration.generation import partner_list, register_flow, register_tables
from orchestration.generation.invented_certifications import Catalog
from orchestration.generation.training_bodies import TrainingBody

ARCHIVE_TIMESTAMP = (2024, 1, 1, 0, 0, 0)  # fixed, so that the same content gives the same bytes


def write(
    folder: Path,
    day: dt.date,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    authorisations: list[tuple[int, int]],
    seed: int,
) -> list[Path]:
    """Write ``export-fiches-csv-<day>.zip`` and the RS as XML beside it; return their paths.

    The RNCP is told by the CSV only: both forms are read.
    """
    rng = np.random.default_rng([seed, 7])
    active = [c for c in catalog.certifications if not c.exception]
    former_certifications = register_tables.former_certifications(active, rng)
    own = {
        catalog.certifications[x.certification].code: bodies[x.body]
        for x in partner_list.certifying_bodies(catalog, authorisations)
    }
    contents = {
        "Standard": register_tables.standard(active, former_certifications, day, rng),
        "Certificateurs": register_tables.certifiers(active, rng, own),
        "Partenaires": register_tables.partners(
            partners := partner_list.build(catalog, bodies, authorisations, day, rng)
        ),
        "Nsf": register_tables.nsf(active + [former for former, _ in former_certifications], rng),
        "Formacode": register_tables.formacode(active),
        "Rome": register_tables.rome(active),
        "CCN": register_tables.ccn(active, rng),
        "Blocs_De_Compétences": register_tables.blocks(active),
        "VoixdAccès": register_tables.access_routes(active, rng),
        "Ancienne_Nouvelle_Certification": register_tables.succession(former_certifications),
    }
    path = folder / f"export-fiches-csv-{day.isoformat()}.zip"
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, file in contents.items():
            entry = _ZipEntry(f"export_fiches_CSV_{name}_{day:%Y_%m_%d}.csv", ARCHIVE_TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _csv(file))
    return [path, register_flow.write(folder, day, "RS", contents, partners)]


def _csv(file: register_tables.CsvFile) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(file.header.split(";"))
    writer.writerows(file.rows)
    # Everything is quoted but the null cells, as in the real files.
    return text.getvalue().replace(';""', ";")


class _ZipEntry(zipfile.ZipInfo):
    """Entry whose name has no UTF-8 flag, as in the real export.

    The real names are UTF-8 bytes, which readers then take for CP437 (``Comp├⌐tences``); exports
    with true CP437 bytes exist too. One file of each kind keeps both cases alive.
    """

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        encoding = "cp437" if "Voix" in self.filename else "utf-8"
        return self.filename.encode(encoding), self.flag_bits
