-- The groups of the rows above level 2 where some person is in two cells, and how many persons they have.
with

sommes as (

    select
        num_ligne,
        sum(personnes) as somme
    from arbres
    where niveau_diffusion > 2
    group by num_ligne

),

concernees as (

    select num_ligne
    from sommes
    inner join recomptes using (num_ligne)
    where somme > nb_titulaires

)

select
    groupe_{{ niveau }} as groupe,
    count(distinct titulaire) as personnes
from (
    select
        arbres.groupe_{{ niveau }},
        unnest(cellules.titulaires) as titulaire
    from arbres
    semi join concernees on arbres.num_ligne = concernees.num_ligne
    inner join {{ tables.unites }} as cellules on arbres.unite = cellules.numero::varchar
)
group by groupe_{{ niveau }}
