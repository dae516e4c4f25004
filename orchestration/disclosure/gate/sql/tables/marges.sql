-- Each cell and its margins: the group that each level of the plan makes of it.
select
    {% for colonnes in gardees[1:] -%}
    hash({{ (colonnes + [loop.index + 1]) | join(', ') }}) as marge_{{ loop.index + 1 }},
    {% endfor -%}
    recomptes.numero,
    recomptes.nb_titulaires as personnes
from {{ tables.cellules }} as fines
inner join cellules as recomptes on fines.numeros[1] = recomptes.numero
