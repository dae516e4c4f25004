{#- The rows of this version: those of the version before, but for the cohorts that it publishes anew. -#}
{% macro diffusion() -%}
with

diffusion as (

    select * from {{ modele('lignes') }}
    {%- if registre('lignes') %}
    union all by name
    select * from {{ registre('lignes') }}
    anti join {{ modele('editions') }} using (cohorte)
    {%- endif %}

)

select * from diffusion
{%- endmacro %}
