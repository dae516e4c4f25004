{#- Dossiers that this version adds, all of them when there is no version before. -#}
{% macro entrants() -%}
{%- set dossiers = modele('dossiers') -%}
{%- set sortants = modele('sortants') -%}
{{ config(materialized='view') }}

with

entrants as (

    select dossiers.* from {{ dossiers }} as dossiers
    {%- if registre('ouverts') %}
    anti join {{ registre('clos') }} as clos on dossiers.id_dossier = clos.id_dossier
    anti join (
        select ouverts.id_dossier from {{ registre('ouverts') }} as ouverts
        anti join {{ sortants }} as sortants on ouverts.id_dossier = sortants.id_dossier
    ) as maintenus on dossiers.id_dossier = maintenus.id_dossier
    {%- endif %}

)

select * from entrants
{%- endmacro %}
