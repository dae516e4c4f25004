-- The group of all rows is judged by `restes_des_financeurs`, which sees it even when nothing is told again.
with

tus as (

    select
        paires.num_ligne,
        paires.financeur,
        attributions.etape as dite
    from paires
    left join attributions using (num_ligne, financeur)
    where paires.cachee

),

restes as (

    select
        groupes.num_groupe,
        any_value(groupes.etape) as etape,
        count(distinct contributions.titulaire) as contributeurs
    from groupes
    semi join ventiles using (num_groupe)
    inner join tus using (num_ligne)
    inner join contributions using (num_ligne, financeur)
    where coalesce(tus.dite > groupes.etape, true)
    group by groupes.num_groupe

)

select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }} and etape <= {{ ventilation | select | list | length }}) as anomalies
from restes
