-- The rows of the finest level whose whole group shares one value of a column.
{%- set groupe = gardees[1] | join(', ') %}
select lignes.*
from {{ tables.partition }} as lignes
semi join (
    select {{ groupe }}
    from {{ tables.cellules }}
    group by {{ groupe }}
    having count(distinct {{ sensible }}) = 1
) using ({{ groupe }})
where lignes.niveau_diffusion = 1
