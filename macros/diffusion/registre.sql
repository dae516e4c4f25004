{#-
  The registry of what was published: for each dataset of persons, what its current version shows and
  in which state (`orchestration/registry.py` exposes it in the vault before each run).
  docs/decisions/0006-registre-des-versions.md
-#}

{#- A table of the registry, or nothing when the dataset was never published: `lignes` (published
    rows), `lots` (rows as they once entered), `ouverts` (dossiers that may still be revised, in their
    published state), `clos` (ids of the others). -#}
{% macro registre(table, jeu=none) -%}
    {%- set publie = source('registre', (jeu or jeu_du_modele()) ~ '__' ~ table) -%}
    {#- While dbt parses, as if it existed: what a step may read is then known of every run. -#}
    {%- if not execute or adapter.get_relation(publie.database, publie.schema, publie.identifier) -%}
        {%- do return(publie) -%}
    {%- endif -%}
    {%- do return(none) -%}
{%- endmacro %}

{#- First day from which a period is still provisional: the others ended so many months before the last
    delivery that they are published for good. -#}
{% macro premier_jour_provisoire() -%}
    (
        select cast(max(date_extraction) - interval {{ var('secret').mois_avant_definitif + reglages().periode.mois }} month as date)
        from {{ ref('stg_atterrissage__depots') }}
        where source = 'dossiers'
    )
{%- endmacro %}

{#- Number of the last lot published: those of this version follow. -#}
{% macro dernier_lot() -%}
{%- set lots = registre('lots') -%}
{%- if lots -%}
    coalesce((select max(num_lot) from {{ lots }}), 0)
{%- else -%}
    0
{%- endif -%}
{%- endmacro %}
