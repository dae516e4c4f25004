"""The validators of others that judge what we publish, each in its own environment.

Belongs here: one entry for each tool. Does not: running them (``__main__``), their environments
(``environnements``), what is broken in a copy (``casser``).

A tool is a script of ``scripts/`` started by the Python of its environment, with one argument: a
copy of what it judges. It exits with 0 when it accepts it, with ``REFUS`` when it refuses it (the
reasons on its output); anything else means that the tool itself failed, which accepts nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.validation import casser

REFUS = 3
# What a tool judges: the folder of the current version of each dataset, or all of $CPF_DATA's
# ``publications/`` and ``site/`` at once.
VERSION, SITE = "version", "site"


@dataclass(frozen=True)
class Outil:
    """A validator. ``casses`` are the ways to break a copy, each of which it must refuse."""

    nom: str
    paquets: tuple[str, ...]
    script: str
    casses: Mapping[str, Callable[[Path], None]]
    portee: str = VERSION


OUTILS: tuple[Outil, ...] = (
    Outil(
        nom="frictionless",
        paquets=("frictionless==5.21.0",),
        script="paquet_valide.py",
        casses={
            "une valeur hors liste": casser.hors_liste,
            "le Parquet a d'autres octets": casser.autre_parquet,
        },
    ),
    Outil(
        nom="csvw",
        paquets=("csvw==4.1.1",),
        script="csvw_valide.py",
        casses={
            "un nombre devient un mot": casser.nombre_en_mot,
            "une valeur hors liste": casser.hors_liste,
        },
    ),
    Outil(
        nom="mlcroissant",
        paquets=("mlcroissant[parquet]==1.1.1",),
        script="croissant_valide.py",
        casses={
            "une colonne décrite n'existe pas": casser.colonne_inconnue,
            "le Parquet a d'autres octets": casser.autre_parquet,
        },
    ),
    Outil(
        nom="datacontract",
        paquets=("datacontract-cli[duckdb]==1.2.8",),
        script="contrat_valide.py",
        casses={
            "le contrat perd sa version": casser.contrat_sans_version,
            "une colonne devient vide": casser.colonne_vide,
        },
    ),
    Outil(
        nom="validata",
        paquets=("validata-table==0.12.5",),
        script="validata_valide.py",
        casses={
            "un nombre devient un mot": casser.nombre_en_mot,
            "une valeur hors liste": casser.hors_liste,
        },
    ),
)
