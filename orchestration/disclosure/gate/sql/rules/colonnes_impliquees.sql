-- A column that is neither counted nor given up (a label, a situation, another code) says nothing more than
-- the others: in the rows of this version, it is the same wherever one of them is.
with

lignes as (

    select
        {% for colonne in impliquees -%}
        coalesce(fichier.{{ colonne }}::varchar, '') as {{ colonne }},
        {% endfor -%}
        fichier.{{ dimensions | join(', fichier.') }}
    from fichier
    semi join cohortes_editees using ({{ dites | join(', ') }})

),

variantes as (

    {% for dimension in dimensions -%}
    select
        {% for colonne in impliquees -%}
        min({{ colonne }}) <> max({{ colonne }}) as {{ colonne }},
        {% endfor -%}
        '{{ dimension }}' as dimension
    from lignes
    group by {{ dimension }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

comptes as (

    select
        {% for colonne in impliquees -%}
        count_if({{ colonne }}) as {{ colonne }},
        {% endfor -%}
        dimension
    from variantes
    group by dimension

)

select
    {{ impliquees | length }} as examines,
    (
        0
        {%- for colonne in impliquees %}
        + coalesce(min({{ colonne }}), 0)
        {%- endfor %}
    ) as anomalies
from comptes
