{#- The amounts of a dossier by type of financer, in the order of the public columns. -#}

{#- Those that a delivered financement fills. -#}
{% macro montants_finances() -%}
    {%- do return([
        'montant_titulaire',
        'montant_reste_a_charge',
        'montant_employeur',
        'montant_france_travail',
        'montant_opco',
        'montant_region',
        'montant_agefiph',
        'montant_transitions_pro',
        'montant_autre',
    ]) -%}
{%- endmacro %}

{#- What the person pays. -#}
{% macro parts_de_la_personne() -%}
    {%- do return(montants_finances()[:2]) -%}
{%- endmacro %}

{#- All the parts of what a dossier engages. -#}
{% macro tous_les_montants() -%}
    {%- do return(montants_finances() + ['montant_non_ventile']) -%}
{%- endmacro %}

{#- The parts that a row tells: what the person pays, then each of the others. -#}
{% macro financeurs_publies() -%}
    {%- do return(['montant_personne'] + tous_les_montants()[2:]) -%}
{%- endmacro %}

{#- What a row may tell of an amount, the two parts of the person together or apart. -#}
{% macro montants_a_dire() -%}
    {%- do return(['montant_engage', 'montant_personne'] + montants_finances()) -%}
{%- endmacro %}

{#- What is judged before it is told. -#}
{% macro chiffres_juges() -%}
    {%- do return(
        ['heures', 'montant_engage', 'montant_personne', 'participation', 'supplement'] + tous_les_montants()
    ) -%}
{%- endmacro %}
