-- What others than the person pay, by row, person and financer.
{%- set tiers = montants | reject('equalto', 'montant_titulaire') | list %}
select
    num_ligne,
    titulaire,
    financeur,
    sum(cents)::bigint as cents
from (
    unpivot (
        select
            rang
            {%- for montant in tiers %},
            (100 * {{ montant }})::bigint as {{ montant }}
            {%- endfor %}
        from (select *, rowid as rang from {{ tables.dossiers }})
        where {% for montant in tiers %}{{ 'or ' if not loop.first }}{{ montant }} <> 0 {% endfor %}
    )
    on {{ tiers | join(', ') }}
    into name financeur value cents
)
inner join dossiers using (rang)
inner join membres using (numero)
where cents <> 0
group by all
