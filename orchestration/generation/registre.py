"""The register of certifications: the zip of ten CSV files that France compétences exports.

Belongs here: the archive, named and written as the real one. Does not: its contents (``fiches``).
"""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np

from orchestration.generation import fiches
from orchestration.generation.certifications import Catalogue
from orchestration.generation.fichiers import remplace
from orchestration.generation.organismes import Organisme

HORODATAGE = (2024, 1, 1, 0, 0, 0)  # fixed, so that the same content gives the same bytes


def ecrit(
    dossier: Path,
    jour: dt.date,
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    habilitations: list[tuple[int, int]],
    graine: int,
) -> Path:
    """Write ``export-fiches-csv-<jour>.zip`` and return its path."""
    alea = np.random.default_rng([graine, 7])
    actives = [c for c in catalogue.certifications if not c.exception]
    anciennes = fiches.anciennes(actives, alea)
    contenus = {
        "Standard": fiches.standard(actives, anciennes, jour, alea),
        "Certificateurs": fiches.certificateurs(actives, alea),
        "Partenaires": fiches.partenaires(catalogue, organismes, habilitations, alea),
        "Nsf": fiches.nsf(actives + [ancienne for ancienne, _ in anciennes], alea),
        "Formacode": fiches.formacode(actives),
        "Rome": fiches.rome(actives),
        "CCN": fiches.ccn(actives, alea),
        "Blocs_De_Compétences": fiches.blocs(actives),
        "VoixdAccès": fiches.voies(actives, alea),
        "Ancienne_Nouvelle_Certification": fiches.filiation(anciennes),
    }
    chemin = dossier / f"export-fiches-csv-{jour.isoformat()}.zip"
    with remplace(chemin) as provisoire, zipfile.ZipFile(provisoire, "w") as archive:
        for nom, fichier in contenus.items():
            entree = _Entree(f"export_fiches_CSV_{nom}_{jour:%Y_%m_%d}.csv", HORODATAGE)
            entree.compress_type = zipfile.ZIP_DEFLATED
            entree.create_system = 3
            entree.external_attr = 0o644 << 16
            archive.writestr(entree, _csv(fichier))
    return chemin


def _csv(fichier: fiches.Fichier) -> str:
    texte = io.StringIO(newline="")
    ecrivain = csv.writer(texte, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    ecrivain.writerow(fichier.entete.split(";"))
    ecrivain.writerows(fichier.lignes)
    # Everything is quoted but the null cells, as in the real files.
    return texte.getvalue().replace(';""', ";")


class _Entree(zipfile.ZipInfo):
    """Entry whose name has no UTF-8 flag, as in the real export.

    The real names are UTF-8 bytes, which readers then take for CP437 (``Comp├⌐tences``); exports
    with true CP437 bytes exist too. One file of each kind keeps both cases alive.
    """

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        codage = "cp437" if "Voix" in self.filename else "utf-8"
        return self.filename.encode(codage), self.flag_bits
