-- Each cell and its margins: the group that each level of the plan makes of it.
select
    {% for colonnes in gardees[2:] -%}
    hash({{ (['cohorte'] + colonnes + [loop.index + 2]) | join(', ') }}) as marge_{{ loop.index + 2 }},
    {% endfor -%}
    numero,
    nb_titulaires as personnes
from {{ tables.unites }}
