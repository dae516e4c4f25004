{#- The register escapes an apostrophe by doubling it (`d''affaires`). -#}
{% macro libelle_registre(colonne) -%}
    replace({{ colonne }}, '''''', '''')
{%- endmacro %}

{#- Its code lists repeat the code in the label (`251 : Mécanique…`). -#}
{% macro sans_code(colonne) -%}
    regexp_replace({{ libelle_registre(colonne) }}, '^[0-9]+[a-z]? : ', '')
{%- endmacro %}

{#- At most `longueur` characters, cut before the word or the tag that does not fit. -#}
{% macro couper(colonne, longueur) -%}
    {%- set mots = "regexp_replace(left(" ~ colonne ~ ", " ~ (longueur + 1) ~ "), '\s\S*$', '')" -%}
    case
        when length({{ colonne }}) <= {{ longueur }} then {{ colonne }}
        else nullif(trim(regexp_replace(left({{ mots }}, {{ longueur }}), '<[^>]*$', '')), '')
    end
{%- endmacro %}
