-- Where both datasets say something, something must be examined.
with

comptes as (

    select (select count(*) from comptes_large) + (select count(*) from comptes_etroit) as nombre

)

select
    any_value(comptes.nombre) as examines,
    (
        any_value(comptes.nombre) = 0
        or count(distinct ecartes.titulaire) between 1 and {{ seuil - 1 }}
    )::integer as anomalies
from comptes
left join ecartes on true
