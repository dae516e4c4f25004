-- The units that each row hides, and their group at each level; the last one is the whole row, like any from
-- the row's own level on. A row above level 2 hides cells; one of level 2, what is left of a family of which
-- the definitive edition shows some cells, or all of a new one, where no cell may be shown.
{%- set bloc = 'membres.num_ligne, membres.' ~ (fines | join(', membres.')) %}
with

coupees as (

    select distinct num_famille
    from {{ tables.divisions }}
    where est_fine

),

entieres as (

    select nouvelles.num_ligne
    from nouvelles
    semi join {{ tables.groupes }} as neuves on nouvelles.num_ligne = neuves.num_famille
    anti join coupees on nouvelles.num_ligne = coupees.num_famille
    where
        nouvelles.niveau_diffusion = 2
        -- (larger ones have a cell of enough persons)
        and nouvelles.nb_titulaires <= {{ seuil - 1 }} * (
            select count(distinct row({{ fines | join(', ') }})) from membres
        )

),

hautes as (

    select
        nouvelles.num_ligne,
        nouvelles.niveau_diffusion,
        {% for colonne in gardees[1] -%}
        cellules.{{ colonne }},
        {% endfor -%}
        cellules.numero::varchar as unite,
        cellules.nb_titulaires as personnes
    from (
        select
            num_famille,
            unnest(cellules) as numero
        from {{ tables.groupes }}
    ) as lignes
    inner join nouvelles on lignes.num_famille = nouvelles.num_ligne
    inner join {{ tables.unites }} as cellules on lignes.numero = cellules.numero
    where nouvelles.niveau_diffusion > 2

),

blocs as (

    select
        membres.num_ligne,
        2 as niveau_diffusion,
        hash({{ bloc }})::varchar as unite,
        count(distinct membres.titulaire) as personnes
    from membres
    semi join (
        select num_famille as num_ligne from coupees
        union all
        select num_ligne from entieres
    ) as lignes on membres.num_ligne = lignes.num_ligne
    group by {{ bloc }}

),

petits as (

    select *
    from blocs
    qualify
        num_ligne not in (select num_ligne from entieres)
        or max(personnes) over (partition by num_ligne) < {{ seuil }}

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
    select * from petits
)
