{#-
  What a step of diffusion is about, drawn from the name of its model (`int_<x>__<etape>`): so the step
  models are one line, the same for every dataset (`moncompteformation_<x>`, or
  `<x>` as `vars.diffusion` declares it).
-#}

{% macro jeu_du_modele() -%}
    {%- set court = model.name.removeprefix('int_').split('__')[0] -%}
    {%- do return(court if court in var('diffusion') else 'moncompteformation_' ~ court) -%}
{%- endmacro %}

{#- The block of `vars.diffusion` of its dataset. -#}
{% macro reglages() -%}
    {%- do return(var('diffusion')[jeu_du_modele()]) -%}
{%- endmacro %}

{#- Another step of the same dataset (a test says which: its name is not that of a model). -#}
{% macro modele(etape, jeu=none) -%}
    {%- do return(ref('int_' ~ (jeu or jeu_du_modele()).removeprefix('moncompteformation_') ~ '__' ~ etape)) -%}
{%- endmacro %}
