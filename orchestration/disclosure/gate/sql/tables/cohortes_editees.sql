-- The cohorts that this version publishes, as the file says them.
select
    {% for colonne in dites -%}
    {{ ecrites[colonne] }} as {{ colonne }},
    {% endfor -%}
    cohorte
from {{ tables.editions }}
