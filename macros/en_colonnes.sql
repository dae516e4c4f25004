{#-
  CTE `en_colonnes`: the rows of `etape`, ranked per certification by its column `rang`, as columns
  `<valeur>_1` … `<valeur>_<nombre>`, one row per certification.
-#}
{% macro en_colonnes(etape, valeurs, nombre) -%}
en_colonnes as (

    select
        code_certification
        {%- for valeur in valeurs %}
        {%- for rang in range(1, nombre + 1) %},
        max(case when rang = {{ rang }} then {{ valeur }} end) as {{ valeur }}_{{ rang }}
        {%- endfor %}
        {%- endfor %}

    from {{ etape }}
    group by code_certification

)
{%- endmacro %}
