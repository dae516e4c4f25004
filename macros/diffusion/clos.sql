{#- Ids of the dossiers that are published and will not be revised any more. -#}
{% macro clos() -%}
{%- set entrants = modele('entrants') -%}
{%- set sortants = modele('sortants') -%}
{%- set ouverts = modele('ouverts') -%}
{%- set partition = modele('partition') -%}
{%- set avant = registre('clos') -%}
{{ config(materialized='view') }}

with

diffuses as (

    -- When too few persons enter, they wait for the next version: the partition is empty.
    select id_dossier from {{ entrants }}
    where (select count(*) from {{ partition }}) > 0
    {%- if avant %}
    union all
    select id_dossier from {{ avant }}
    union all
    select id_dossier from {{ registre('ouverts') }}
    anti join {{ sortants }} using (id_dossier)
    {%- endif %}

),

clos as (

    select id_dossier from diffuses
    anti join {{ ouverts }} using (id_dossier)

)

select * from clos
{%- endmacro %}
