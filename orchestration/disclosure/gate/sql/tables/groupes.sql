-- The group of each row at each step of ventilation: what it keeps, when the row still says it.
{% for colonnes in ventilation %}
select
    num_ligne,
    {{ loop.index }} as etape,
    hash({{ (colonnes + [loop.index]) | join(', ') }}) as num_groupe
from {{ tables.partition }}
{%- for colonne in colonnes %}
{{ 'where' if loop.first else 'and' }} {{ colonne }} <> 'REGROUPE'
{%- endfor %}

union all
{% endfor %}
select
    null::integer as num_ligne,
    0 as etape,
    null::ubigint as num_groupe
where false
