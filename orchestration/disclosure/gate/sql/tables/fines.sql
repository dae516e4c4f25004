-- Each cell and its group at each level of the plan.
select
    {% for colonnes in gardees[1:] -%}
    hash({{ (colonnes + [loop.index + 1]) | join(', ') }}) as groupe_{{ loop.index + 1 }},
    {% endfor -%}
    numeros[1] as groupe_1,
    nb_titulaires as personnes,
    nb_dossiers as dossiers
from {{ tables.cellules }}
