-- The group of each hidden cell at each level; the last one is the whole row, like any from the row's
-- own level on.
select
    {% for colonnes in gardees[1:-1] -%}
    hash({{ (['num_ligne'] + colonnes) | join(', ') }}) as groupe_{{ loop.index0 }},
    {% endfor -%}
    num_ligne,
    membres.numero,
    recomptes.nb_titulaires as personnes
from membres
inner join cellules as recomptes using (numero)
inner join {{ tables.cellules }} as fines on membres.numero = fines.numeros[1]
where membres.niveau > 1
