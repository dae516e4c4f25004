{#-
  The registry of what was published (`orchestration/registry.py` exposes it in the vault before each run):
  `lignes`, the published rows, and `suivis`, the dossiers of the provisional ones in the state in which
  they were told. docs/decisions/0014-editions.md
-#}

{#- A table of the registry, or nothing when the dataset was never published. -#}
{% macro registre(table, jeu=none) -%}
    {%- set publie = source('registre', (jeu or jeu_du_modele()) ~ '__' ~ table) -%}
    {#- While dbt parses, as if it existed: what a step may read is then known of every run. -#}
    {%- if not execute or adapter.get_relation(publie.database, publie.schema, publie.identifier) -%}
        {%- do return(publie) -%}
    {%- endif -%}
    {%- do return(none) -%}
{%- endmacro %}
