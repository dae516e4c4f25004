-- What is sensitive of an exit is told of a group only where enough others, in the period and with the same
-- public values, are counted by its contrary. (The last level says nothing but the period.)
with

sensibles as (

    select nouvelles.*
    from nouvelles
    inner join recomptes using (num_ligne)
    where
        {{ ecrites.compteur }} = '{{ sensible }}'
        and recomptes.num_famille not in (select num_famille from {{ tables.suites }})
        and nouvelles.niveau_diffusion < {{ gardees | length }}

),

temoins as (

    select
        cohorte - {{ avance }} as cohorte,
        {{ dimensions | join(', ') }},
        titulaire
    from situes
    where {{ ecrites.compteur }} = '{{ temoin }}'

),

comptes as (

    {% for colonnes in gardees[:-1] -%}
    select
        sensibles.num_ligne,
        count(distinct temoins.titulaire) as nombre
    from sensibles
    left join temoins using (cohorte, {{ colonnes | join(', ') }})
    where sensibles.niveau_diffusion = {{ loop.index }}
    group by sensibles.num_ligne
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    count(*) as examines,
    count_if(nombre < {{ seuil }}) as anomalies
from comptes
