-- Of a cohort published for the first time, every dossier is behind one row, or none is if they are few; of
-- one that is followed, none is behind two.
with

attendus as (

    select
        actuels.id_dossier,
        actuels.titulaire,
        actuels.cohorte,
        editions.est_suivie
    from actuels
    inner join {{ tables.editions }} as editions on actuels.cohorte = editions.cohorte

),

places as (

    select
        attendus.cohorte,
        any_value(attendus.est_suivie) as est_suivie,
        count(*) as dossiers,
        count(distinct attendus.titulaire) as titulaires,
        count(membres.id_dossier) as places,
        count(distinct membres.id_dossier) as distincts
    from attendus
    left join membres on attendus.id_dossier = membres.id_dossier and attendus.cohorte = membres.cohorte
    group by attendus.cohorte

)

select
    sum(dossiers)::bigint as examines,
    coalesce(sum(
        if(
            est_suivie or (places = 0 and titulaires < {{ 4 * seuil }}),
            (places - distincts)::bigint,
            abs(dossiers - places) + (places - distincts)
        )
    ), 0)::bigint as anomalies
from places
