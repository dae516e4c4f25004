"""The flat participation: an amount of which everybody knows a part is judged without it.

Since May 2024 a titulaire pays 100 € by card, unless out of work or helped by his employer. A row
of newer dossiers that tells what titulaires paid tells then what is left of it: 100 € less for each
who was exempt, what some paid by card besides. Few who make that rest are given away (2a). Where
many are exempt, what is no whole hundred still comes from those who paid by card (2b).
"""

from tests.attack.finding import Finding
from tests.attack.row_rules import rows_once, told
from tests.attack.tables import DOMINANCE
from tests.attack.world import World

FLAT = 100_00
SINCE = "2024-05-02"


def attack_flat(world: World) -> list[Finding]:
    """Judge every row of newer dossiers only that tells ``montant_reste_a_charge``."""
    less = Finding("2a", "Reste à charge moins le forfait : < k")
    odd = Finding("2b", "Paiements par carte de < k, à 100 € près")
    for version in world.every_version():
        k, part = version.table.threshold, version.table.label
        counts = world.count(
            f"""
            with people as (
                select
                    row, person, min(validated) as validated,
                    sum(montant_reste_a_charge - {FLAT}) as beside,
                    count_if(montant_reste_a_charge % {FLAT} <> 0) as odd
                from members_{version.short} group by row, person
            ),
            newer as (
                select row, count_if(beside <> 0) as makers, count_if(odd > 0) as odd,
                    max(abs(beside)) * 100 >= {DOMINANCE} * sum(abs(beside)) as one
                from people group by row having min(validated) >= '{SINCE}'
            ),
            judged as (
                select makers, odd, makers > 0 and (makers < {k} or one) as less_leaks,
                    not less_leaks and odd between 1 and {k - 1} as odd_leaks
                from {rows_once(version)} inner join newer on p.row = newer.row
                where {told("montant_reste_a_charge")}
            )
            select
                count(*), count_if(less_leaks), count_if(less_leaks and makers = 1),
                count_if(odd_leaks), count_if(odd_leaks and odd = 1)
            from judged
            """
        )
        less.add(*counts[:3], part=part)
        odd.add(counts[0] - counts[1], *counts[3:], part=part)
    return [less, odd]
