-- The groups of the rows where some person is in two cells, and how many persons they really have.
with

sommes as (

    select
        num_ligne,
        sum(personnes) as somme
    from arbres
    group by num_ligne

)

select
    groupe_{{ niveau }} as groupe,
    count(distinct titulaire) as personnes
from arbres
inner join dossiers using (numero)
semi join (
    select num_ligne
    from sommes
    inner join lignes using (num_ligne)
    where somme > nb_titulaires
) using (num_ligne)
group by groupe
