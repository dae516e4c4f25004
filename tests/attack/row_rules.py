"""Rows one by one: persons, contributors, training bodies, means, unanimity.

A row is looked at once, in the version since when it says what it says. A figure is looked at when
it is told and equals that of the dossiers of its row: then the attack knows whose it is.
"""

from tests.attack.finding import Finding
from tests.attack.published import Version
from tests.attack.tables import AMOUNTS, DOMINANCE, FINANCERS, GROUPED, SENSITIVE_FINANCERS
from tests.attack.world import World

OTHERS_THAN_PERSONS = tuple(
    name for code, name in FINANCERS.items() if code not in ("TITULAIRE", "RESTE_A_CHARGE")
)


def attack_rows(world: World) -> list[Finding]:
    """Judge every row of every version of both tables."""
    findings = {
        "persons": Finding("0", "Lignes de < k personnes"),
        "bodies": Finding("5", "Montants : < 3 organismes, ou un surtout"),
        "means": Finding("6", "Durées moyennes : < k personnes, ou une"),
        "told": Finding("7a", "Montants dits : < k personnes, ou une"),
        "rest": Finding("7b", "Montants tus mais déduits : < k personnes"),
        "all_but": Finding("7c", "Financeur sensible : presque tous, ou tous"),
        "agefiph": Finding("7d", "Agefiph dite sous le niveau national"),
        "spelled": Finding("9", "Personnes comptées sous plusieurs écritures"),
        "counted": Finding("11a", "nb_titulaires inexact"),
        "paid": Finding("11b", "Lignes où < k personnes ont payé"),
    }
    for version in world.every_version():
        _judge(world, version, findings)
        _judge_rest(world, version, findings)
        _judge_given_back(world, version, findings)
        _judge_spellings(world, version, findings["spelled"])
    return list(findings.values())


def told(amount: str) -> str:
    """SQL: the row tells the amount, and it is that of its dossiers."""
    return f"(p.{amount} <> 0 and p.{amount} = t.{amount})"


def rows_once(version: Version) -> str:
    """SQL of the rows ``p`` of a version that no earlier one says alike, and their truth ``t``."""
    return (
        f"{version.rows_table} as p inner join true_{version.short} as t"
        f" on p.row = t.row and p.nb_dossiers = t.nb_dossiers and p.since = {version.rank}"
    )


def _judge(world: World, version: Version, findings: dict[str, Finding]) -> None:
    k, rows = version.table.threshold, rows_once(version)

    def judge(name: str, looked_at: str, leaks: str, persons: str, part: str = "") -> None:
        counts = world.count(
            f"""
            select count_if({looked_at}), count_if({looked_at} and ({leaks})),
                count_if({looked_at} and ({leaks}) and {persons} = 1)
            from {rows}
            """
        )
        keys = f"select p.key from {rows} where {looked_at} and ({leaks}) limit 3"
        examples = world.texts(keys) if counts[1] else []
        label = f"{part or name} {version.table.label}"
        findings[name].add(*counts, part=label, examples=examples)

    judge("persons", "true", f"t.nb_titulaires < {k}", "t.nb_titulaires")
    judge("counted", "true", "p.nb_titulaires <> t.nb_titulaires", "t.nb_titulaires")
    judge(
        "means",
        "p.duree_moyenne = t.duree_moyenne",
        f"t.n_with_hours < {k} or t.one_hours",
        "t.n_with_hours",
    )
    for amount in AMOUNTS:
        makers = f"t.n_{amount}"
        few = f"{makers} < {k} or t.one_{amount}"
        judge("told", told(amount), few, makers, amount)
        judge("bodies", told(amount), f"t.few_{amount}", makers, amount)
    for amount in SENSITIVE_FINANCERS:
        others = f"t.nb_titulaires - t.n_{amount}"
        judge("all_but", told(amount), f"{others} < {k}", others, amount)
    deduced = " and ".join(
        f"(p.{name} = t.{name})" for name in OTHERS_THAN_PERSONS
    )  # what is left of the engaged amount is what the persons paid
    both = " and ".join(told(name) for name in ("montant_titulaire", "montant_reste_a_charge"))
    judge(
        "paid",
        f"({told('montant_personne')} or {both} or ({told('montant_engage')} and {deduced}))",
        f"t.n_montant_personne between 1 and {k - 1}",
        "t.n_montant_personne",
    )
    _judge_agefiph(world, version, findings["agefiph"])


def _judge_agefiph(world: World, version: Version, finding: Finding) -> None:
    """Who had Agefiph is handicapped: it is told for the whole country or not at all."""
    below = " or ".join(
        f"{name} <> '{GROUPED}'"
        for name in version.table.dimensions
        if name not in version.table.periods
    )
    counts = world.count(
        f"""
        select count(*), count_if({below}) from {version.rows_table}
        where montant_agefiph <> 0 and since = {version.rank}
        """
    )
    finding.add(*counts, part=version.table.label)


def _judge_given_back(world: World, version: Version, findings: dict[str, Finding]) -> None:
    """Rows without a dossier give back what the others of their group do not tell.

    Their figure and those of the rows that keep the same values are one figure of all of these.
    """
    k, rows, name = version.table.threshold, version.rows_table, version.short
    kept = ", ".join(f"{each} <> '{GROUPED}'" for each in version.table.dimensions)
    patterns = world.connection.execute(
        f"select distinct [{kept}] from {rows} where nb_dossiers = 0 and since = {version.rank}"
    ).fetchall()
    for (flags,) in patterns:
        names = [each for each, flag in zip(version.table.dimensions, flags, strict=True) if flag]
        where = " and ".join(f"p.{each} <> '{GROUPED}'" for each in names) or "true"
        by = ", ".join(f"p.{each}" for each in names)
        by_comma = f"{by}," if by else ""
        on = f"using ({', '.join(names)})" if names else "on true"
        group = f"group by {by}" if by else ""
        for amount in AMOUNTS:
            counts = world.count(
                f"""
                with published as (
                    select {by_comma} sum({amount}) as cents from {rows} as p
                    where {where} {group} having bool_or(nb_dossiers = 0 and {amount} <> 0)
                ),
                people as (
                    select {by_comma} person, sum(s.{amount}) as cents
                    from {rows} as p inner join shares_{name} as s using (row)
                    where {where} group by {by_comma} person
                ),
                truly as (
                    select {by_comma.replace("p.", "")} sum(cents) as cents, count(*) as persons,
                        count_if(cents <> 0) as makers,
                        max(abs(cents)) * 100 >= {DOMINANCE} * sum(abs(cents)) as one
                    from people {group.replace("p.", "")}
                ),
                judged as (
                    select makers, persons - makers as others, makers < {k} or one as few
                    from published inner join truly {on}
                    where published.cents = truly.cents and truly.cents <> 0
                )
                select count(*), count_if(few), count_if(makers = 1), count_if(others < {k}),
                    count_if(others = 1)
                from judged
                """
            )
            part = f"ventilation {amount} {version.table.label}"
            findings["told"].add(*counts[:3], part=part)
            if amount in SENSITIVE_FINANCERS:
                findings["all_but"].add(counts[0], *counts[3:], part=part)


def _judge_rest(world: World, version: Version, findings: dict[str, Finding]) -> None:
    """The engaged amount less all that the row tells of it is an amount too: whose is it?"""
    k = version.table.threshold
    personal = ("montant_titulaire", "montant_reste_a_charge")
    known = " + ".join(
        [f"case when {told(name)} then s.{name} else 0 end" for name in FINANCERS.values()]
        + [
            f"case when {told('montant_personne')}"
            + "".join(f" and not {told(name)}" for name in personal)
            + " then s.montant_personne else 0 end"
        ]
    )
    counts = world.count(
        f"""
        with untold as (
            select p.row, s.montant_engage - ({known}) as cents
            from {rows_once(version)} inner join shares_{version.short} as s on p.row = s.row
            where {told("montant_engage")}
        ),
        rests as (
            select row, count_if(cents <> 0) as makers,
                max(abs(cents)) * 100 >= {DOMINANCE} * sum(abs(cents)) as one
            from untold group by row having makers > 0
        )
        select count(*), count_if(makers < {k} or one), count_if(makers = 1) from rests
        """
    )
    findings["rest"].add(*counts, part=version.table.label)


def _judge_spellings(world: World, version: Version, finding: Finding) -> None:
    counts = world.count(
        f"""
        with spelled as (
            select row, count(distinct spelling) as spellings, count(distinct person) as persons
            from members_{version.short} group by row having spellings > persons
        )
        select
            count(*),
            count_if(p.nb_titulaires > persons),
            count_if(p.nb_titulaires > persons and persons = 1)
        from {rows_once(version)} inner join spelled on p.row = spelled.row
        """
    )
    finding.add(*counts, part=version.table.label)
