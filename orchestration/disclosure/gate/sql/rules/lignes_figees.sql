-- A cohort that this version does not publish says what the version before said of it, and nothing else: as
-- text, since a column may have changed its type. A column that the version before did not have says nothing.
-- (What others imply is judged by `colonnes_impliquees`.)
with

editees as (

    select
        {% for colonne in dites -%}
        {{ colonne }}::varchar as {{ colonne }},
        {% endfor -%}
        cohorte
    from cohortes_editees

),

avant as (

    select
        {% for colonne in jugees -%}
        {{ colonne if colonne in deja_dites else 'null' }}::varchar as {{ colonne }},
        {% endfor -%}
        1 as sens
    from {{ precedent }}

),

apres as (

    select
        {% for colonne in jugees -%}
        {{ colonne }}::varchar as {{ colonne }},
        {% endfor -%}
        -1 as sens
    from fichier

),

ecarts as (

    select
        sum(sens) as ecart,
        count_if(sens > 0) as lignes
    from (
        select * from avant
        union all
        select * from apres
    )
    anti join editees using ({{ dites | join(', ') }})
    group by {{ jugees | join(', ') }}

)

select
    coalesce(sum(lignes), 0) as examines,
    coalesce(sum(abs(ecart)), 0) as anomalies
from ecarts
