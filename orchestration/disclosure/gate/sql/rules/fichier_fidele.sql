-- What was judged is the rows of the vault: the file says them and nothing else.
with

lignes as (

    select
        {% for colonne in dites -%}
        {{ ecrites[colonne] }} as {{ colonne }},
        {% endfor -%}
        *
    from {{ tables.diffusion }}

),

jugees as (

    select
        {% for colonne in jugees -%}
        {{ 'noms_' ~ colonne ~ '.code' if colonne in lieux else 'lignes.' ~ colonne }} as {{ colonne }},
        {% endfor -%}
        1 as sens
    from lignes
    {% for colonne, echelon in lieux.items() -%}
    left join {{ tables.lieux }} as noms_{{ colonne }}
        on lignes.{{ colonne }} = noms_{{ colonne }}.cle and noms_{{ colonne }}.echelon = '{{ echelon }}'
    {% endfor %}

),

ecarts as (

    select sum(sens) as ecart
    from (
        select * from jugees
        union all
        select
            {{ jugees | join(', ') }},
            -1 as sens
        from fichier
    )
    group by {{ jugees | join(', ') }}

)

select
    (select count(*) from fichier) as examines,
    coalesce(sum(abs(ecart)), 0) as anomalies
from ecarts
