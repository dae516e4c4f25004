"""A small vault of users, made by hand without dbt: cells, rows, amounts in common, candidate.

What a test plants is one word of :class:`Situation`; everything else follows from it.
"""

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration import warehouse
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from tests.unit import petit_etat

SEUIL = 3
FINANCEURS = (
    *("titulaire", "reste_a_charge", "employeur", "france_travail", "opco"),
    *("region", "agefiph", "transitions_pro", "autre", "non_ventile"),
)
DIMENSIONS = (
    *("csp", "statut", "tranche_age", "genre", "code_departement_residence"),
    *("trimestre_entree", "code_region_residence", "annee_entree"),
)
Part = dict[str, int]
# département, CSP, status: a cell. A letter is a person, with what each financer pays, in euros.
Cellule = tuple[str, str, str, dict[str, Part]]
EN_COURS = "En cours"


def part(titulaire: int = 100, **autres: int) -> Part:
    """Return the amounts of a dossier."""
    return {"titulaire": titulaire, **autres}


def seuls(personnes: str, titulaire: int = 100) -> dict[str, Part]:
    """Return persons who pay by themselves."""
    return {person: part(titulaire) for person in personnes}


AIDES = part(50, employeur=50)


def _departement(code: str, letters: str) -> list[Cellule]:
    a, b, c, d = letters
    return [
        (code, "Cadre", "Clos", {a: part(), b: AIDES}),
        (code, "Ouvrier", EN_COURS, {c: AIDES}),
        (code, "Employé", EN_COURS, {d: part()}),
    ]


@dataclass(frozen=True)
class Situation:
    """``lignes``: level and cells; ``communs``: (row, financer) and the step that tells it again.

    ``attente``: amounts of dossiers that the purchases count and that have not entered yet.
    """

    cellules: list[Cellule] = field(
        default_factory=lambda: [
            ("75", "Employé", "Clos", seuls("abcde")),
            *_departement("75", "fghi"),
            *_departement("77", "jklm"),
        ]
    )
    lignes: list[tuple[int, list[int]]] = field(
        default_factory=lambda: [(1, [0]), (2, [1, 2, 3]), (2, [4, 5, 6])]
    )
    communs: dict[tuple[int, str], int | None] = field(
        default_factory=lambda: {
            (2, "titulaire"): 1,
            (2, "employeur"): None,
            (3, "titulaire"): 1,
            (3, "employeur"): None,
        }
    )
    attente: list[Part] = field(default_factory=list)

    def avec_cellule(self, rang: int, personnes: dict[str, Part]) -> "Situation":
        """Return the same with other persons in a cell."""
        cells = list(self.cellules)
        cells[rang] = (*cells[rang][:3], personnes)
        return replace(self, cellules=cells)


def poser(jeu: Jeu, situation: Situation, *retouches: str) -> tuple[Jeu, Candidat]:
    """Write the vault, then what ``retouches`` (SQL) change of it, and export the candidate."""
    jeu = replace(jeu, seuil=SEUIL, registre=None)
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.nomenclatures")
        connection.execute("create schema if not exists coffre.intermediate")
        connection.execute("use coffre.intermediate")
        _nomenclatures(connection)
        _dossiers(connection, situation)
        _cellules(connection, situation)
        _lignes(connection, situation)
        for statement in retouches:
            connection.execute(statement)
        found = connection.execute("select * exclude (num_ligne) from int_usagers__diffusion")
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    petit_etat.construire_mart(jeu, rows)
    return jeu, preparer(jeu)


def _nomenclatures(connection: Any) -> None:
    connection.execute(
        "create or replace table coffre.nomenclatures.statuts as select * from (values "
        f"('CLOS', 'Clos'), ('OUVERT', '{EN_COURS}')) as v (statut_dossier, statut_usager)"
    )
    connection.execute(
        "create or replace table coffre.nomenclatures.csp as select unnest(['Cadre', 'Ouvrier', "
        "'Employé']) as libelle, libelle as code"
    )


def _dossiers(connection: Any, situation: Situation) -> None:
    amounts = ", ".join(f"montant_{name} decimal(12, 2)" for name in FINANCEURS)
    connection.execute(
        "create or replace table int_dossiers__courants (id_dossier varchar, titulaire uuid, "
        "date_entree date, est_entre boolean, statut_dossier varchar, code_departement_residence "
        "varchar, code_genre varchar, tranche_age varchar, code_situation varchar, code_csp "
        f"varchar, montant_engage decimal(12, 2), {amounts})"
    )
    entered = [
        (True, department, csp, status, person, amounts)
        for department, csp, status, persons in situation.cellules
        for person, amounts in persons.items()
    ]
    waiting = [
        (False, "75", "Cadre", EN_COURS, f"attente {rank}", amounts)
        for rank, amounts in enumerate(situation.attente)
    ]
    for rank, (inside, department, csp, status, person, paid) in enumerate([*entered, *waiting]):
        values = [
            *(f"d{rank}", uuid.uuid5(uuid.NAMESPACE_OID, person), "2025-02-03", inside),
            *("CLOS" if status == "Clos" else "OUVERT", department, "F", "25-39 ans", None, csp),
            sum(paid.values()),
            *(paid.get(name, 0) for name in FINANCEURS),
        ]
        marks = ", ".join("?" for _ in values)
        connection.execute(f"insert into int_dossiers__courants values ({marks})", values)


def _cellules(connection: Any, situation: Situation) -> None:
    sums = ", ".join(f"sum(montant_{name}) as montant_{name}" for name in ("engage", *FINANCEURS))
    connection.execute(
        "create or replace table int_usagers__cellules as select csp.libelle as csp, "
        "statut_usager as statut, tranche_age, 'Femme' as genre, code_departement_residence, "
        "'2025-T1' as trimestre_entree, '11' as code_region_residence, '2025' as annee_entree, "
        f"count(*) as nb_dossiers, {sums}, [min(dossiers.rowid)] as numeros, list(titulaire) as "
        "titulaires, count(distinct titulaire) as nb_titulaires from int_dossiers__courants as "
        "dossiers inner join coffre.nomenclatures.statuts using (statut_dossier) inner join "
        "coffre.nomenclatures.csp on csp.code = code_csp where est_entre group by all"
    )


def _lignes(connection: Any, situation: Situation) -> None:
    """Rows from their cells, then what they say: an amount in common goes to the remainder."""
    first = [0]
    for *_, persons in situation.cellules:
        first.append(first[-1] + len(persons))
    given_up = {1: 0, 2: 2, 3: 3}
    rows = []
    for number, (level, cells) in enumerate(situation.lignes, start=1):
        kept = ", ".join(
            f"'REGROUPE' as {name}"
            if rank < given_up[level]
            else f"any_value(cellules.{name}) as {name}"
            for rank, name in enumerate(DIMENSIONS)
        )
        numbers = ", ".join(str(first[cell]) for cell in cells)
        sums = ", ".join(f"sum(montant_{n}) as montant_{n}" for n in ("engage", *FINANCEURS))
        rows.append(
            f"select {number} as num_ligne, {level} as niveau_diffusion, {kept}, "
            f"sum(nb_dossiers)::bigint as nb_dossiers, {sums}, flatten(list(numeros)) as numeros, "
            "list_unique(flatten(list(titulaires))) as nb_titulaires from int_usagers__cellules as "
            f"cellules where numeros[1] in ({numbers})"
        )
    connection.execute(
        f"create or replace table int_usagers__partition as {' union all '.join(rows)}"
    )
    _communs(connection, situation)
    _diffusion(connection)


def _communs(connection: Any, situation: Situation) -> None:
    connection.execute(
        "create or replace table int_usagers__communs (num_ligne integer, financeur varchar, "
        "montant decimal(18, 2), etape integer)"
    )
    for (row, name), step in situation.communs.items():
        connection.execute(
            f"insert into int_usagers__communs select {row}, 'montant_{name}', montant_{name}, ? "
            f"from int_usagers__partition where num_ligne = {row}",
            [step],
        )


def _tu(financeur: str) -> str:
    """Return the query of what a row ``p`` puts in common of a financer (``%``: of all)."""
    return (
        "coalesce((select sum(montant) from int_usagers__communs as c where "
        f"c.num_ligne = p.num_ligne and c.financeur like 'montant_{financeur}'), 0)"
    )


def _diffusion(connection: Any) -> None:
    named = ", ".join(f"montant_{n} - {_tu(n)} as montant_{n}" for n in FINANCEURS[:-1])
    own = ", ".join(
        f"coalesce(sum(montant) filter (where financeur = 'montant_{n}'), 0) as montant_{n}"
        for n in FINANCEURS[:-1]
    )
    dimensions = ", ".join(DIMENSIONS)
    steps = " ".join(
        "union all by name select null as num_ligne, "
        f"{9 + step - 1} as niveau_diffusion, "
        + ", ".join(
            f"any_value(p.{n}) as {n}" if n in kept else f"'REGROUPE' as {n}" for n in DIMENSIONS
        )
        + f", 0 as nb_dossiers, 0 as montant_engage, {own}, -sum(montant) as montant_non_ventile, "
        f"{SEUIL} as nb_titulaires from int_usagers__communs inner join int_usagers__partition "
        f"as p using (num_ligne) where etape = {step} having count(*) > 0"
        for step, kept in [(1, ("annee_entree", "code_region_residence")), (2, ())]
    )
    connection.execute(
        "create or replace table int_usagers__diffusion as select num_ligne, niveau_diffusion, "
        f"{dimensions}, nb_dossiers, montant_engage, {named}, montant_non_ventile + "
        f"{_tu('%')} as montant_non_ventile, nb_titulaires "
        f"from int_usagers__partition as p {steps}"
    )


def tout_dire(jeu: Jeu, cachees: tuple[str, ...]) -> None:
    """Make the mart of ``jeu``: one row, the amounts of every dossier save those ``cachees``."""
    told = ", ".join(
        f"{'0' if name in cachees else f'sum(montant_{name})'} as montant_{name}"
        for name in ("engage", *FINANCEURS[:-1])
    )
    rest = " + ".join(f"sum(montant_{name})" for name in ("non_ventile", *cachees))
    with warehouse.vault(read_only=True) as connection:
        found = connection.execute(
            f"select {told}, {rest} as montant_non_ventile from "
            "coffre.intermediate.int_dossiers__courants"
        )
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    petit_etat.construire_mart(jeu, rows)
