"""The truth: every dossier as it was when a set of deliveries had come, from the raw extracts.

Amounts are whole cents, hours whole tenths; a person is a titulaire whose identifier is reduced to
its letters and digits.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.attack.tables import AMOUNTS, FINANCERS

# Of who has entered.
BEGUN = (
    "Entrée en formation",
    "Sortie de formation",
    "Clos - Réalisation Totale",
    "Clos - Réalisation Partielle",
)
SEEDS = Path(__file__).parents[2] / "seeds"
_CSV = "delim = ';', header = true, all_varchar = true, union_by_name = true, filename = true"


def canonical(identifier: str) -> str:
    """An identifier without what a careless hand may change: case, signs, spaces, width."""
    decomposed = unicodedata.normalize("NFKD", identifier).casefold()
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isalnum())


def load_raw(connection: duckdb.DuckDBPyConnection, extracts: Path) -> None:
    """Create ``raw_dossiers``, ``raw_parts`` and the public lists from a folder of raw extracts.

    A record without identifier, with an impossible date or without a price is no dossier.
    """
    connection.create_function("canonical", canonical, [str], str)  # type: ignore[arg-type]
    for name in ("departements", "csp", "tranches_age", "modalites", "statuts"):
        connection.execute(
            f"create table {name} as from read_csv('{SEEDS / name}.csv', all_varchar = true)"
        )
    connection.execute("create table domains (certification varchar, nsf varchar)")
    connection.executemany("insert into domains values (?, ?)", list(_domains(extracts)))
    connection.execute(
        f"""
        create table raw_records as
        select
            parse_filename(filename) as file,
            trim(id_dossier) as dossier,
            trim(id_titulaire) as spelling,
            try_cast(date_validation as date) as validated,
            try_cast(date_entree as date) as entered,
            try_cast(date_derniere_modification as date) as modified,
            statut_dossier as status,
            genre,
            try_cast(date_naissance as date) as born,
            (entered is null and date_entree <> '') or (born is null and date_naissance <> '')
                as impossible,
            code_departement_residence as residence,
            situation,
            csp,
            trim(code_certification) as certification,
            left(trim(siret_of, e' \\t'), 9) as body,
            code_departement_lieu as place,
            modalite_presence as modality,
            round(try_cast(replace(nombre_heures, ',', '.') as double) * 10)::bigint as hours,
            round(try_cast(replace(prix, ',', '.') as double) * 100)::bigint as price
        from read_csv('{extracts}/dossiers/*.csv*', {_CSV})
        """
    )
    # One call per odd spelling only: most identifiers are plain.
    connection.execute(
        """
        create table raw_dossiers as
        with odd as (
            select distinct spelling, canonical(spelling) as person
            from raw_records where not regexp_full_match(spelling, '[A-Z0-9]+')
        )
        select raw_records.*, coalesce(odd.person, lower(spelling)) as person
        from raw_records left join odd using (spelling)
        where
            dossier <> '' and spelling <> '' and validated is not null and modified is not null
            and not coalesce(impossible, false) and price >= 0
        """
    )
    connection.execute("drop table raw_records")
    connection.execute(
        f"""
        create table raw_parts as
        select
            parse_filename(filename) as file,
            trim(id_dossier) as dossier,
            try_cast(date_derniere_modification as date) as modified,
            code_financeur as financer,
            round(try_cast(replace(montant, ',', '.') as double) * 100)::bigint as cents
        from read_csv('{extracts}/financements/*.csv*', {_CSV})
        """
    )


def _domains(extracts: Path) -> Iterable[tuple[str, str]]:
    """Main NSF group of each certification: the first of its fiche, or that of the public list."""
    with (SEEDS / "cpf_codes.csv").open(encoding="utf-8", newline="") as lines:
        found = {line["code"]: line["code_nsf"] for line in csv.DictReader(lines)}
    for archive in sorted(extracts.glob("certifications/*.zip")):
        with zipfile.ZipFile(archive) as files:
            for name in (name for name in files.namelist() if "_CSV_Nsf_" in name):
                text = io.TextIOWrapper(files.open(name), encoding="utf-8", newline="")
                seen: set[str] = set()
                for line in csv.DictReader(text, delimiter=";"):
                    if line["Numero_Fiche"] not in seen:
                        seen.add(line["Numero_Fiche"])
                        found[line["Numero_Fiche"]] = line["Nsf_Code"][:3]
    return found.items()


def settle(
    connection: duckdb.DuckDBPyConnection, name: str, files: Iterable[str], day: str
) -> None:
    """Create table ``name``: dossiers after the deliveries ``files``, with what each table shows.

    The newest version of a dossier wins, and so does the newest list of who pays for it.
    One row per dossier: ``dossier``, ``person``, ``spelling``, ``body``, ``hours``, the amounts
    and the value of every dimension of both tables (those of users empty without an entry until
    ``day``, that of the last delivery).
    """
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    parts = ", ".join(
        f"sum(cents) filter (financer = '{code}') as {column}"
        for code, column in FINANCERS.items()
        if code != "AUTRE"
    )
    known = ", ".join(f"'{code}'" for code in FINANCERS if code != "AUTRE")
    columns = ", ".join(
        f"coalesce({column}, 0)::bigint as {column}" for column in FINANCERS.values()
    )
    begun = ", ".join(f"'{status}'" for status in BEGUN)
    connection.execute(
        f"""
        create table {name} as
        with latest as (
            select * replace (
                case when entered <= '{day}' and status in ({begun}) then entered end as entered
            )
            from raw_dossiers where file in ({listed})
            qualify row_number() over (partition by dossier order by modified desc, file desc) = 1
        ),
        lines as (
            select distinct dossier, modified, financer, cents
            from raw_parts where file in ({listed}) and cents is not null
            qualify rank() over (partition by dossier order by modified desc) = 1
        ),
        parts as (
            select
                dossier, sum(cents) as montant_engage, {parts},
                sum(cents) filter (financer not in ({known}) or financer is null) as montant_autre
            from lines group by all
        )
        select
            dossier, person, spelling, validated, hours, body,
            {columns},
            coalesce(parts.montant_engage, price, 0)::bigint as montant_engage,
            (coalesce(montant_titulaire, 0) + coalesce(montant_reste_a_charge, 0))::bigint
                as montant_personne,
            {_PURCHASE_DIMENSIONS},
            {_USER_DIMENSIONS}
        from latest
        left join parts using (dossier)
        left join domains using (certification)
        left join modalites on modality = modalites.code
        left join departements as lieu on place = lieu.code
        left join departements as domicile on residence = domicile.code
        left join csp as categories on latest.csp = categories.code
        left join statuts on status = statuts.statut_dossier
        left join tranches_age as ages
            on date_diff('year', born, entered)
            - (strftime(entered, '%m%d') < strftime(born, '%m%d'))::integer
            between ages.age_min::integer and ages.age_max::integer
        """
    )
    assert set(AMOUNTS) <= {row[0] for row in connection.execute(f"describe {name}").fetchall()}


def _quarter(date: str) -> str:
    return f"strftime({date}, '%Y') || '-T' || quarter({date})"


_PURCHASE_DIMENSIONS = f"""
            strftime(validated, '%Y') as annee_validation,
            {_quarter("validated")} as trimestre_validation,
            strftime(validated, '%Y-%m') as mois_validation,
            coalesce(
                lieu.code_region, case when modality = 'A_DISTANCE' then 'A_DISTANCE' else 'NR' end
            ) as code_region_lieu_formation,
            coalesce(
                lieu.code, case when modality = 'A_DISTANCE' then 'A_DISTANCE' else 'NR' end
            ) as code_departement_lieu_formation,
            coalesce(nsf, 'NR') as code_nsf,
            certification as code_certification,
            coalesce(modalites.libelle, 'NR') as modalite_presence,
            status as statut_dossier"""
_USER_DIMENSIONS = f"""
            strftime(entered, '%Y') as annee_entree,
            {_quarter("entered")} as trimestre_entree,
            coalesce(domicile.code_region, 'NR') as code_region_residence,
            coalesce(domicile.code, 'NR') as code_departement_residence,
            case genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end
                as genre,
            coalesce(ages.libelle, 'Non renseigné') as tranche_age,
            case when situation = 'DEMANDEUR_EMPLOI' then 'Demandeur d''emploi'
            else 'En emploi ou autre situation' end as situation,
            case when situation = 'DEMANDEUR_EMPLOI' then 'Demandeur d''emploi'
            else coalesce(categories.libelle, 'Sans activité ou non renseignée') end as csp,
            statut_usager as statut"""
