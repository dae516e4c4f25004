{#-
  The rows as they entered, those of this version included, of which a dossier may still be
  revised: the published row that each is part of, and its amounts that this row does not tell, with
  the row of ventilation that does (null: none).
-#}
{% macro lots() -%}
{%- set partition = modele('partition') -%}
{%- set communs = modele('communs') -%}
{%- set diffusion = modele('diffusion') -%}
{%- set ouverts = modele('ouverts') -%}
{%- set avant = registre('lots') -%}
{%- set plan = reglages().plan -%}
{%- set niveaux = reglages().ventilation -%}
{%- set dimensions = abandons_du_plan(plan) | sum(start=[]) -%}
{{ config(materialized='view') }}

with

diffusees as (

    select * from {{ diffusion }}

),

annonces as (

    {% for gardees in niveaux -%}
    select
        communs.num_ligne,
        communs.financeur,
        diffusees.num_ligne as annonce
    from {{ communs }} as communs
    inner join {{ partition }} as lignes on communs.num_ligne = lignes.num_ligne
    inner join diffusees
        on
            diffusees.niveau_diffusion = {{ plan | length + 1 + loop.index }}
            {%- for colonne in gardees %} and lignes.{{ colonne }} = diffusees.{{ colonne }}{% endfor %}
    where communs.etape = {{ loop.index }}
    union all
    {% endfor -%}
    select
        num_ligne,
        financeur,
        null as annonce
    from {{ communs }}
    where etape is null

),

communs_des_lots as (

    select
        num_ligne,
        list(struct_pack(financeur := financeur, annonce := annonce)) as communs
    from annonces
    group by num_ligne

),

nouveaux as (

    select
        lignes.num_ligne + {{ dernier_lot() }} as num_lot,
        diffusees.num_ligne,
        communs_des_lots.communs
    from {{ partition }} as lignes
    inner join diffusees using (niveau_diffusion, {{ dimensions | join(', ') }})
    left join communs_des_lots on lignes.num_ligne = communs_des_lots.num_ligne

),

lots as (

    select * from (
        select * from nouveaux
        {%- if avant %}
        union all by name
        select * from {{ avant }}
        {%- endif %}
    )
    semi join {{ ouverts }} using (num_lot)

)

select * from lots
{%- endmacro %}
