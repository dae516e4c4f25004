{#- What several files of the gate say. -#}

{#- The state of a dossier, amounts in cents and hours in tenths. -#}
{% macro etat(source, heures) -%}
    {{ source }}.siren_of,
    (10 * {{ source }}.{{ heures }})::bigint as heures,
    (100 * {{ source }}.montant_engage)::bigint as montant_engage
    {%- for montant in montants %},
    (100 * {{ source }}.{{ montant }})::bigint as {{ montant }}
    {%- endfor %}
{%- endmacro %}

{#- What everybody knows of what is left to pay: the largest flat participation in force that fits in it. -#}
{% macro participation(source) -%}
    greatest(
        0
        {%- for debut, cents in tarifs %},
        if({{ source }}.date_validation >= date '{{ debut }}' and 100 * {{ source }}.montant_reste_a_charge >= {{ cents }}, {{ cents }}, 0)
        {%- endfor %}
    )
{%- endmacro %}
