-- The units that each row hides, and their group at each level; the last one is the whole row, like any from
-- the row's own level on. A row above level 2 hides cells; one of level 2, what is left of a family of which the
-- definitive edition shows some cells.
with

coupees as (

    select distinct num_famille
    from {{ tables.detail }}
    where est_fine

),

hautes as (

    select
        nouvelles.num_ligne,
        nouvelles.niveau_diffusion,
        cellules.numero::varchar as unite,
        cellules.nb_titulaires as personnes
        {%- for colonne in dimensions[fines | length:] %},
        cellules.{{ colonne }}
        {%- endfor %}
    from (
        select
            num_famille,
            unnest(cellules) as numero
        from {{ tables.partition }}
    ) as lignes
    inner join nouvelles on lignes.num_famille = nouvelles.num_ligne
    inner join {{ tables.cellules }} as cellules on lignes.numero = cellules.numero
    where nouvelles.niveau_diffusion > 2

),

blocs as (

    select
        membres.num_ligne,
        2 as niveau_diffusion,
        hash(membres.num_ligne, {% for colonne in fines %}membres.{{ colonne }}{{ ', ' if not loop.last }}{% endfor %})::varchar as unite,
        count(distinct membres.titulaire) as personnes
        {%- for colonne in dimensions[fines | length:] %},
        null as {{ colonne }}
        {%- endfor %}
    from membres
    semi join coupees on membres.num_ligne = coupees.num_famille
    group by membres.num_ligne, {% for colonne in fines %}membres.{{ colonne }}{{ ', ' if not loop.last }}{% endfor %}

)

select
    {% for colonnes in gardees[2:-1] -%}
    hash({{ (['num_ligne'] + colonnes) | join(', ') }}) as groupe_{{ loop.index0 }},
    {% endfor -%}
    num_ligne,
    niveau_diffusion,
    unite,
    personnes
from (
    select * from hautes
    union all by name
    select * from blocs
)
