{#-
  What a step of diffusion is about, drawn from the name of its model (`int_<x>__<etape>`): so the step
  models are one line, the same for every dataset (`moncompteformation_<x>`).
-#}

{% macro jeu_du_modele() -%}
    {%- do return('moncompteformation_' ~ model.name.removeprefix('int_').split('__')[0]) -%}
{%- endmacro %}

{#- The block of `vars.diffusion` of its dataset. -#}
{% macro reglages() -%}
    {%- do return(var('diffusion')[jeu_du_modele()]) -%}
{%- endmacro %}

{#- Another step of the same dataset (a test says which: its name is not that of a model). -#}
{% macro modele(etape, jeu=none) -%}
    {%- do return(ref('int_' ~ (jeu or jeu_du_modele()).removeprefix('moncompteformation_') ~ '__' ~ etape)) -%}
{%- endmacro %}
