"""From the relation ``textes`` of a file to its landed table and rejects, set-wise in DuckDB."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.landing.intake import schemas
from orchestration.landing.intake.column_rules import Table, readings
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.rejects import LandingError
from orchestration.sql import literal

Parameters = Mapping[str, bytes]

# Above this share of records cut in the wrong number of fields, the file is not what it claims.
MAX_MALFORMED = 0.5
ANOMALIES = {
    "ligne_vide": "ligne vide",
    "nb_colonnes": "nombre de champs différent de celui de l'en-tête",
    "csv_invalide": "guillemets ou fin de ligne mal placés",
}


def land_texts(
    table: Table, path: Path, deposit: Deposit, read: int, parameters: Parameters | None = None
) -> None:
    """Check the relation ``textes`` of the deposit's connection (``read`` records) and write it.

    ``parameters`` are the values of the SQL of ``table.computed``. Raises :class:`LandingError`
    when most records are malformed.
    """
    connection = deposit.connection
    if read == 0:
        if table.source not in schemas.DELTAS:
            raise LandingError(path.name, "aucun enregistrement : faire livrer le fichier entier.")
        deposit.warn("aucun enregistrement : livraison vide, à confirmer auprès du producteur.")
    try:
        connection.execute(_verified(table), parameters or {})
        _refuse_if_malformed(path, connection, read)
        connection.execute(_repeated(table))
        deposit.reject_query(_broken_rules(table))
        deposit.reject_query(_repeated_records(table))
        landed = deposit.copy_query(
            table.name,
            """
            select
                num as _num,
                *
            from verifies
            anti join repetes using (num)
            where regle is null
            """,
        )
    except duckdb.DataError as error:
        # DuckDB quotes the value that it cannot read: its message goes no further.
        raise LandingError(
            path.name, f"contenu illisible ({type(error).__name__}) : signaler ce fichier."
        ) from None
    deposit.counts(lus=read, atterris=landed)


def _verified(table: Table) -> str:
    """SQL of the table ``verifies``: num, anomaly, first rule that holds, note, landed columns."""
    repaired, completed = (_replacing(mended) for mended in (table.repairs, table.completions))
    typed = readings(table.columns)
    read = ", ".join(f"{sql} as {name}_lu" for name, sql in typed.items())
    rules = " ".join(
        f"when {rule.condition} then {rank}" for rank, rule in enumerate(table.rules, 1)
    )
    landed = ", ".join(
        f"{table.computed.get(name, f'{name}_lu' if name in typed else name)} as {name}"
        for name in schemas.SOURCES[table.source][table.name]
    )
    return f"""
        create temp table verifies as
        with
        repares as (select * {repaired} from textes),
        completes as (select * {completed} from repares),
        lus as (select *, {read} from completes)
        select
            num,
            anomalie,
            case when anomalie is not null then 0 {rules} end::utinyint as regle,
            {table.noted} as note,
            {landed}
        from lus
    """


def _replacing(columns: Mapping[str, str]) -> str:
    replaced = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    return f"replace ({replaced})" if replaced else ""


def _refuse_if_malformed(path: Path, connection: duckdb.DuckDBPyConnection, read: int) -> None:
    malformed_count = connection.execute(
        "select count(*), min(num) from verifies where regle = 0"
    ).fetchone()
    malformed, first = malformed_count or (0, None)
    if malformed > MAX_MALFORMED * read:
        raise LandingError(
            path.name,
            f"{malformed} enregistrements sur {read} n'ont pas le nombre de champs de l'en-tête "
            f"(le premier : enregistrement {first}). Vérifier le séparateur et les guillemets.",
        )


def _repeated(table: Table) -> str:
    """SQL of the table ``repetes``: later records (num) of a key, and the one kept (premier)."""
    key = ", ".join(table.key)
    same = " and ".join(f"verifies.{name} is not distinct from cles.{name}" for name in table.key)
    return f"""
        create temp table repetes as
        with
        cles as (
            select {key}, min(num) as premier
            from verifies
            where regle is null
            group by all
            having count(*) > 1
        )
        select verifies.num, cles.premier
        from verifies
        join cles on {same}
        where verifies.regle is null and verifies.num > cles.premier
    """


def _broken_rules(table: Table) -> str:
    rules = ", ".join(
        f"({rank}, {literal(rule.column)}, {literal(rule.motif)}, {literal(rule.detail)})"
        for rank, rule in enumerate(table.rules, 1)
    )
    anomalies = " ".join(f"when '{code}' then {literal(text)}" for code, text in ANOMALIES.items())
    return f"""
        select
            num,
            ligne,
            regles.colonne,
            coalesce(regles.motif, verifies.anomalie) as motif,
            coalesce(regles.detail, case verifies.anomalie {anomalies} end) as detail,
            contenu
        from verifies
        join textes using (num)
        left join (values {rules}) as regles (rang, colonne, motif, detail)
            on verifies.regle = regles.rang
        where verifies.regle is not null
    """


def _repeated_records(table: Table) -> str:
    return f"""
        select
            num,
            ligne,
            {literal(table.key[0])} as colonne,
            'doublon' as motif,
            'même clé ({", ".join(table.key)}) que l''enregistrement ' || premier as detail,
            contenu
        from repetes
        join textes using (num)
    """
