{#- The three public faces of a certification code (`RNCP123`, `RS12`, `CPF206`). -#}

{#- `RNCP`, `RS`, or null for a legislative exception. -#}
{% macro type_referentiel(code) -%}
    nullif(regexp_extract({{ code }}, '^(RNCP|RS)[0-9]+$', 1), '')
{%- endmacro %}

{#- Number in one register, -1 when the code belongs to another one. -#}
{% macro numero_fiche(code, referentiel) -%}
    coalesce(try_cast(nullif(regexp_extract({{ code }}, '^{{ referentiel }}([0-9]+)$', 1), '') as integer), -1)
{%- endmacro %}
