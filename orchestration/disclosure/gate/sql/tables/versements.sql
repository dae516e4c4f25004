-- What others than the person pay, by row, person and financer.
{% set tiers = montants | reject('equalto', 'montant_titulaire') | list %}

with

payes as (

    select
        {% for montant in tiers -%}
        (100 * {{ montant }})::bigint as {{ montant }},
        {% endfor -%}
        rowid as rang
    from {{ tables.dossiers }}
    where {{ tiers | join(' <> 0 or ') }} <> 0

),

parts as (

    unpivot payes
    on {{ tiers | join(', ') }}
    into name financeur value cents

)

select
    num_ligne,
    titulaire,
    financeur,
    sum(cents)::bigint as cents
from parts
inner join dossiers using (rang)
inner join membres using (numero)
where cents <> 0
group by all
