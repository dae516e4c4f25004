-- The cohorts that this version publishes, as the file says them.
select distinct
    {% for colonne in dites -%}
    {{ ecrites[colonne] }} as {{ colonne }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ tables.editions }}
