with

partielles as (

    select distinct num_ligne
    from connues

)

select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }}) as anomalies
from (
    select
        num_ligne,
        count(distinct titulaire) as contributeurs
    from paires
    inner join partielles using (num_ligne)
    anti join connues using (num_ligne, financeur)
    inner join contributions using (num_ligne, financeur)
    where cachee
    group by num_ligne
)
