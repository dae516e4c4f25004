-- What a row puts in common is told all together by its remainder: alone or not, too few contributors, or
-- one who makes nearly all of it, would be told with it (of the whole row, `personne_dominante` says so).
with

parts as (

    select
        num_ligne,
        titulaire,
        sum(cents) as cents
    from paires
    inner join contributions using (num_ligne, financeur)
    where cachee
    group by num_ligne, titulaire

),

restes as (

    select
        num_ligne,
        count(*) as contributeurs,
        max(abs(cents)) as maximum,
        sum(cents) as total
    from parts
    group by num_ligne

)

select
    count(*) as examines,
    count_if(
        restes.contributeurs < {{ seuil }}
        or (
            restes.maximum >= {{ dominance }} * abs(restes.total)
            and lignes.maximum < {{ dominance }} * lignes.engage
        )
    ) as anomalies
from restes
inner join lignes using (num_ligne)
