-- What a row puts together is told by its remainder: enough persons have a part of it, none makes most of it,
-- and it is not the one part that the row does not tell.
with

restes as (

    select
        tus.num_ligne,
        any_value(nouvelles.montant_non_ventile) as publie,
        any_value(tus.tus) + bool_or(tus.sans_financeur <> 0)::integer as tus,
        sum(tus.cents)::bigint as total,
        count_if(tus.cents <> 0) as contributeurs,
        max(tus.cents) as maximum
    from tus
    inner join nouvelles using (num_ligne)
    group by tus.num_ligne

)

select
    count(*) as examines,
    count_if(
        publie <> total / 100
        or tus = 1
        or (total <> 0 and (contributeurs < {{ seuil }} or maximum >= {{ dominance }} * total))
    ) as anomalies
from restes
