{#- What every delivered text goes through: trimmed, empty → null. -#}
{% macro texte(colonne) -%}
    nullif(trim({{ colonne }}), '')
{%- endmacro %}

{#-
  The same for the long texts of the offer, except that they keep their outer blanks: trimming
  350 MB of them took 4 s of CPU for nothing that shows in HTML.
-#}
{% macro texte_long(colonne) -%}
    case when regexp_matches({{ colonne }}, '\S') then {{ colonne }} end
{%- endmacro %}

{#- The register escapes an apostrophe by doubling it (`d''affaires`). -#}
{% macro libelle_registre(colonne) -%}
    replace({{ texte(colonne) }}, '''''', '''')
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
        else {{ texte("regexp_replace(left(" ~ mots ~ ", " ~ longueur ~ "), '<[^>]*$', '')") }}
    end
{%- endmacro %}
