-- A column that is neither counted nor given up (a label, a situation, another code) says nothing more than
-- the others: in the rows of this version, it is the same wherever one of them is.
with

lignes as (

    select fichier.*
    from fichier
    semi join cohortes_editees using ({{ dites | join(', ') }})

)

select
    {{ impliquees | length }} as examines,
    (
        {%- for colonne in impliquees %}
        least(
            {%- for dimension in dimensions %}
            variantes_{{ dimension }}.{{ colonne }}{{ ',' if not loop.last }}
            {%- endfor %}
        ){{ ' +' if not loop.last }}
        {%- endfor %}
    ) as anomalies
from
    {% for dimension in dimensions -%}
    (
        select
            {%- for colonne in impliquees %}
            count_if({{ colonne }}) as {{ colonne }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                {%- for colonne in impliquees %}
                min(coalesce({{ colonne }}::varchar, '')) <> max(coalesce({{ colonne }}::varchar, '')) as {{ colonne }}{{ ',' if not loop.last }}
                {%- endfor %}
            from lignes
            group by {{ dimension }}
        )
    ) as variantes_{{ dimension }}{{ ',' if not loop.last }}
    {% endfor %}
