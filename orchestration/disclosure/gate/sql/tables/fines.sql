-- Each cell and its group at each level of the plan.
select
    nb_titulaires as personnes,
    nb_dossiers as dossiers,
    numeros[1] as groupe_1
    {%- for colonnes in gardees[1:] %},
    hash({{ (colonnes + [loop.index + 1]) | join(', ') }}) as groupe_{{ loop.index + 1 }}
    {%- endfor %}
from {{ tables.cellules }}
