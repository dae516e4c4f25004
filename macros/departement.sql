{#-
  Code of the département that a French postcode belongs to; null when it is not five digits or
  tells none. Overseas codes have three characters; Corsica's postcodes begin with 20, its codes are
  2A and 2B. The answer may still be no known place: join the nomenclature.
-#}
{% macro departement_du_code_postal(colonne) -%}
    case
        when not regexp_full_match({{ colonne }}, '[0-9]{5}') then null
        -- two islands have kept the postcodes of Guadeloupe
        when {{ colonne }} = '97133' then '977'
        when {{ colonne }} = '97150' then '978'
        when left({{ colonne }}, 2) in ('97', '98') then left({{ colonne }}, 3)
        when left({{ colonne }}, 3) in ('200', '201') then '2A'
        when left({{ colonne }}, 3) in ('202', '206') then '2B'
        when left({{ colonne }}, 2) = '20' then null
        else left({{ colonne }}, 2)
    end
{%- endmacro %}
