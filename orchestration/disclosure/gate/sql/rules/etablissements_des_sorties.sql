-- What exits leave of entries is judged by body: of one of several establishments, none is told of its exits.
select
    count(*) as examines,
    count_if(nombre > 1) as anomalies
from nouvelles
inner join (
    select
        siren_of_contractant,
        count(distinct siret_of_contractant) as nombre
    from actuels
    group by siren_of_contractant
) as organismes using (siren_of_contractant)
where
    nouvelles.siret_of_contractant <> 'REGROUPE'
    and {{ ecrites.compteur }} <> '{{ compteurs[0] }}'
