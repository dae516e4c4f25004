with

ventilations as (

    {% for colonnes in ventilation %}
    select
        {% for financeur in financeurs -%}
        (100 * {{ financeur }})::bigint as {{ financeur }},
        {% endfor -%}
        hash({{ (colonnes + [loop.index]) | join(', ') }}) as num_groupe
    from {{ tables.diffusion }}
    where niveau_diffusion = {{ gardees | length + loop.index }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

dits as (

    select *
    from (
        unpivot ventilations
        on {{ financeurs | join(', ') }}
        into name financeur value publie
    )
    where publie <> 0

)

select
    count(*) as examines,
    count_if(dits.publie is distinct from ventiles.total) as anomalies
from dits
full join ventiles using (num_groupe, financeur)
