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

dossiers as (

    select
        cohorte,
        count(*) as nombre
    from attendus
    group by cohorte

),

places as (

    select
        attendus.cohorte,
        any_value(attendus.est_suivie) as est_suivie,
        count(*) as nombre,
        count_if(membres.id_dossier is null) as perdus,
        -- (of the persons of a whole cohort, where all are lost)
        count(distinct if(membres.id_dossier is null, attendus.titulaire, null)) as personnes_perdues
    from attendus
    left join membres on attendus.id_dossier = membres.id_dossier and attendus.cohorte = membres.cohorte
    group by attendus.cohorte

)

select
    sum(dossiers.nombre)::bigint as examines,
    sum(
        -- a dossier behind several rows is there as many times
        places.nombre - dossiers.nombre
        + if(
            places.est_suivie
            or (places.perdus = dossiers.nombre and places.personnes_perdues < {{ 4 * seuil }}),
            0,
            places.perdus
        )
    )::bigint as anomalies
from places
inner join dossiers on places.cohorte = dossiers.cohorte
