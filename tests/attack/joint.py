"""Both tables together: they speak of the same dossiers; one total less the other is a figure."""

from tests.attack.finding import Finding
from tests.attack.tables import AMOUNTS, DOMINANCE, PURCHASES, USERS
from tests.attack.world import World


def attack_joint(world: World) -> list[Finding]:
    """Purchases less users, for each figure of both, where versions are of the same deliveries."""
    finding = Finding("11f", "Achats moins usagers : < 11 personnes")
    for users in world.histories[USERS]:
        for purchases in world.histories[PURCHASES]:
            if users.files == purchases.files:
                for figure in ("nb_dossiers", *AMOUNTS):
                    counts = _judge(world, purchases.short, users.short, figure)
                    finding.add(*counts, part=figure)
    return [finding]


def _judge(world: World, purchases: str, users: str, figure: str) -> tuple[int, ...]:
    """Rows without a dossier count too: they give back what others do not tell."""
    most = "or one" if figure in AMOUNTS else ""
    return world.count(
        f"""
        with published as (
            select
                (select sum({figure}) from rows_{purchases})
                - (select sum({figure}) from rows_{users}) as difference
        ),
        people as (
            select person, sum(part) as part from (
                select person, {figure} as part from shares_{purchases}
                union all
                select person, -{figure} as part from shares_{users}
            ) group by person having sum(part) <> 0
        ),
        makers as (
            select count(*) as persons, sum(part) as difference,
                max(abs(part)) * 100 >= {DOMINANCE} * sum(abs(part)) as one
            from people
        ),
        judged as (
            select persons, persons > 0 and (persons < {USERS.threshold} {most}) as leaks
            from published inner join makers using (difference)
        )
        select count(*), count_if(leaks), count_if(leaks and persons = 1) from judged
        """
    )
