-- Each cell and its group at each level of the plan that is published first.
select
    {% for colonnes in gardees[2:] -%}
    hash({{ (['cohorte'] + colonnes + [loop.index + 2]) | join(', ') }}) as groupe_{{ loop.index + 2 }},
    {% endfor -%}
    numero as groupe_2,
    nb_titulaires as personnes,
    len(numeros) as dossiers
from {{ tables.unites }}
