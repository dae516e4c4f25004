{#-
  The cohorts (a month of validation, a quarter of entry) that this version publishes: once as provisional,
  when they have ended, and once as definitive. `est_suivie`: it was provisional until now.
-#}
{% macro editions() -%}
{%- set lignes = registre('lignes') -%}
{%- set duree = reglages().periode.mois -%}
{#- (the day of a cohort may say its counter) -#}
{%- set debut = "date_trunc('month', cohorte)" -%}
with

dues as (

    select
        dossiers.cohorte,
        livraison.jour as livraison,
        if(
            {{ debut }} + interval {{ duree + var('secret').mois_avant_definitif }} month <= livraison.jour + 1,
            'definitive',
            'provisoire'
        ) as edition
    from (select distinct cohorte from {{ modele('dossiers') }}) as dossiers
    cross join (select {{ jour_de_la_livraison() }} as jour) as livraison
    where {{ debut }} + interval {{ duree }} month <= livraison.jour + 1

),

editions as (

    select
        dues.cohorte,
        dues.edition,
        dues.livraison,
        {{ 'publiees.cohorte is not null' if lignes else 'false' }} as est_suivie
    from dues
    {%- if lignes %}
    left join (select distinct cohorte, edition from {{ lignes }}) as publiees using (cohorte)
    where publiees.cohorte is null or (publiees.edition = 'provisoire' and dues.edition = 'definitive')
    {%- endif %}

)

select * from editions
{%- endmacro %}

{#- The day of the last delivery of dossiers. -#}
{% macro jour_de_la_livraison() -%}
    (select cast(max(date_extraction) as date) from {{ ref('stg_atterrissage__depots') }} where source = 'dossiers')
{%- endmacro %}
