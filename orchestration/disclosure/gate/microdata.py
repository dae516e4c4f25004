"""The dossiers behind the rows of a dataset, attached again by what the public columns mean.

Belongs here: temporary tables that recount, from dossiers and without the macros that made the
rows, who is behind every row and every amount. Does not: judging what they say (``row_rules``,
``linear_attack``). Amounts are counted in cents.
"""

from dataclasses import dataclass

import duckdb

from orchestration.datasets import Dataset

VAULT_SCHEMA = "coffre.intermediate"
# What each column of the finest cells says of a dossier: the cell's side, the dossier's side.
_MONTH = ("cast(cellules.mois_validation || '-01' as date)", "date_trunc('month', date_validation)")
_QUARTER = (
    "make_date(left(cellules.trimestre_entree, 4)::integer,"
    " right(cellules.trimestre_entree, 1)::integer * 3 - 2, 1)",
    "date_trunc('quarter', date_entree)",
)
_GENDER = "case code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end"
_CSP = "if(code_situation = 'DEMANDEUR_EMPLOI', 'DEMANDEUR_EMPLOI', code_csp)"


@dataclass(frozen=True)
class Linkage:
    """How dossiers find their cell: a condition, joined nomenclatures, pairs of expressions."""

    condition: str
    joins: str
    equalities: tuple[tuple[str, str], ...]


LINKAGES = {
    "formations_engagees": Linkage(
        "true",
        "inner join coffre.nomenclatures.modalites on modalites.code = dossiers.code_modalite",
        (
            _MONTH,
            ("cellules.code_certification", "dossiers.code_certification"),
            ("cellules.code_departement_lieu_formation", "dossiers.code_departement_lieu"),
            ("cellules.statut_dossier", "dossiers.statut_dossier"),
            ("cellules.modalite_presence", "modalites.libelle"),
        ),
    ),
    "usagers": Linkage(
        "dossiers.est_entre",
        "inner join coffre.nomenclatures.statuts using (statut_dossier) "
        f"left join coffre.nomenclatures.csp on csp.code = {_CSP}",
        (
            _QUARTER,
            ("cellules.code_departement_residence", "dossiers.code_departement_residence"),
            ("cellules.genre", _GENDER),
            ("cellules.tranche_age", "coalesce(dossiers.tranche_age, 'Non renseigné')"),
            ("cellules.csp", "coalesce(csp.libelle, 'Sans activité ou non renseignée')"),
            ("cellules.statut", "statuts.statut_usager"),
        ),
    ),
}


def short_name(dataset: Dataset) -> str:
    """Return the name of ``dataset`` in its intermediate models."""
    return dataset.nom.removeprefix("moncompteformation_")


def table(dataset: Dataset, step: str) -> str:
    """Return an intermediate table of ``dataset``, by the end of its name (``cellules``…)."""
    return f"{VAULT_SCHEMA}.int_{short_name(dataset)}__{step}"


def dimensions(dataset: Dataset) -> list[str]:
    """Return the columns that rows of ``dataset`` may give up, in the order in which they do."""
    return [column for step in dataset.plan for column in step]


def is_first_version(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> bool:
    """Tell whether the rows follow no published version: then they are all in the cells."""
    found = connection.execute(
        "select count(*) from duckdb_views() where database_name = 'coffre' and "
        "schema_name = 'registre' and view_name = ?",
        [f"{dataset.nom}__lignes"],
    ).fetchall()
    return found == [(0,)]


def kept_columns(dataset: Dataset, level: int) -> list[str]:
    """Return the columns that a row of this level still says."""
    return [column for step in dataset.plan[level - 1 :] for column in step]


def financeur_columns(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[str]:
    """Return the columns of amounts by financer, the amount that none is told of included."""
    found = connection.execute(f"describe {table(dataset, 'partition')}").fetchall()
    return [name for name, *_ in found if name.startswith("montant_") and name != "montant_engage"]


def link_dossiers(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Build ``membres``, ``dossiers``, ``cellules``, ``personnes``, ``lignes`` and ``montants``.

    A version follows another: the cells hold the dossiers that enter it, and only they are judged
    here (what leaves is judged with the registry).
    """
    paying_columns = [
        name for name in financeur_columns(connection, dataset) if name != "montant_titulaire"
    ]
    connection.execute(
        "create or replace temp table membres as "
        "select num_ligne, niveau_diffusion as niveau, unnest(numeros) as numero "
        f"from {table(dataset, 'partition')}"
    )
    connection.execute(_dossiers_query(dataset))
    _keep_entering_dossiers(connection, dataset)
    connection.execute(
        "create or replace temp table cellules as select numero, count(*) as nb_dossiers, "
        "count(distinct titulaire) as nb_titulaires from dossiers group by numero"
    )
    connection.execute(
        "create or replace temp table personnes as select num_ligne, titulaire, count(*) as "
        "nb_dossiers, sum(engage)::bigint as engage, sum(montant_titulaire)::bigint as "
        "montant_titulaire from dossiers inner join membres using (numero) group by all"
    )
    connection.execute(
        "create or replace temp table lignes as select num_ligne, count(*) as nb_titulaires, "
        "sum(nb_dossiers)::bigint as nb_dossiers, sum(engage)::bigint as engage, "
        "max(engage) as maximum from personnes group by all"
    )
    connection.execute(
        "create or replace temp table versements as "
        "select num_ligne, titulaire, financeur, sum(cents)::bigint as cents from ("
        f"unpivot (select rang, {', '.join(f'(100 * {n})::bigint as {n}' for n in paying_columns)} "
        f"from (select *, rowid as rang from {VAULT_SCHEMA}.int_dossiers__courants) "
        f"where {' or '.join(f'{n} <> 0' for n in paying_columns)}) "
        f"on {', '.join(paying_columns)} into name financeur value cents) "
        "inner join dossiers using (rang) inner join membres using (numero) "
        "where cents <> 0 group by all"
    )
    connection.execute(
        "create or replace temp view contributions as from versements union all by name select "
        "num_ligne, titulaire, 'montant_titulaire' as financeur, montant_titulaire as cents "
        "from personnes where montant_titulaire <> 0"
    )
    connection.execute(
        "create or replace temp table montants as select num_ligne, financeur, "
        "sum(cents)::bigint as total, count(*) as contributeurs, max(abs(cents)) as maximum "
        "from contributions group by all"
    )


def _dossiers_query(dataset: Dataset) -> str:
    linkage = LINKAGES[short_name(dataset)]
    same = " and ".join(f"{cell} = {fact}" for cell, fact in linkage.equalities)
    return (
        "create or replace temp table dossiers as select cellules.numeros[1] as numero, "
        "dossiers.rang, titulaire, (100 * dossiers.montant_engage)::bigint as engage, "
        "(100 * dossiers.montant_titulaire)::bigint as montant_titulaire "
        f"from (select *, rowid as rang from {VAULT_SCHEMA}.int_dossiers__courants) as dossiers "
        f"{linkage.joins} inner join {table(dataset, 'cellules')} as cellules on {same} "
        f"where {linkage.condition}"
    )


def _keep_entering_dossiers(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Where the cells hold fewer dossiers than look like theirs, keep those that enter."""
    attached, expected = connection.execute(
        "select (select count(*) from dossiers), "
        f"(select coalesce(sum(nb_dossiers), 0) from {table(dataset, 'cellules')})"
    ).fetchall()[0]
    if attached > expected:
        connection.execute(
            "create or replace temp table dossiers as from dossiers semi join (select rowid as "
            f"rang from {VAULT_SCHEMA}.int_dossiers__courants semi join {table(dataset, 'entrants')} "
            "using (id_dossier)) using (rang)"
        )
