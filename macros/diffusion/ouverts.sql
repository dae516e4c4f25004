{#-
  Once this version is published, the dossiers that may still be revised, each in the state in which it
  is published, with its lot.
-#}
{% macro ouverts() -%}
{%- set entrants = modele('entrants') -%}
{%- set sortants = modele('sortants') -%}
{%- set partition = modele('partition') -%}
{%- set avant = registre('ouverts') -%}
{%- set periode = reglages().periode.colonne -%}
{{ config(materialized='view') }}

with

nouveaux as (

    select
        *,
        min(numero) over (partition by {{ reglages().colonnes | join(', ') }}) as numero_cellule
    from {{ entrants }}
    where {{ periode }} > {{ premier_jour_provisoire() }}

),

appartenances as (

    select
        num_ligne,
        unnest(numeros) as numero_cellule
    from {{ partition }}

),

ouverts as (

    select
        nouveaux.* exclude (numero, numero_cellule),
        appartenances.num_ligne + {{ dernier_lot() }} as num_lot
    from nouveaux
    inner join appartenances on nouveaux.numero_cellule = appartenances.numero_cellule
    {%- if avant %}
    union all by name
    select avant.* from {{ avant }} as avant
    anti join {{ sortants }} as sortants on avant.id_dossier = sortants.id_dossier
    where avant.{{ periode }} > {{ premier_jour_provisoire() }}
    {%- endif %}

)

select * from ouverts
{%- endmacro %}
