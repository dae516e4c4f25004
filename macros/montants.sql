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

{#- Those of others than the titulaire, and of nobody known. -#}
{% macro montants_des_tiers() -%}
    {%- do return(montants_finances()[1:] + ['montant_non_ventile']) -%}
{%- endmacro %}

{#- All the parts of what a dossier engages. -#}
{% macro tous_les_montants() -%}
    {%- do return(montants_finances() + ['montant_non_ventile']) -%}
{%- endmacro %}

{#- All the additive measures of a group of dossiers: they sum exactly from a level to the next. -#}
{% macro mesures() -%}
    {%- do return(
        ['nb_dossiers', 'nb_dossiers_avec_duree', 'heures', 'montant_engage']
        + tous_les_montants()
    ) -%}
{%- endmacro %}

{#- The same measures, computed from dossiers. -#}
{% macro mesures_de_dossiers() -%}
    count(*) as nb_dossiers,
        count(nombre_heures_h) as nb_dossiers_avec_duree,
        cast(coalesce(sum(nombre_heures_h), 0) as decimal(18, 2)) as heures
    {%- for montant in ['montant_engage'] + tous_les_montants() %},
        cast(sum({{ montant }}) as decimal(18, 2)) as {{ montant }}
    {%- endfor %},
        max(montant_engage, 5) as montants_hauts,
        list(numero) filter (where montant_titulaire <> montant_engage or montant_engage = 0)
            as dossiers_de_tiers
{%- endmacro %}

{#- Two states of a dossier: another person, or other measures. -#}
{% macro etats_differents(gauche, droite) -%}
    {{ gauche }}.titulaire is distinct from {{ droite }}.titulaire
        {%- for mesure in ['nombre_heures_h', 'montant_engage'] + tous_les_montants() %}
        or {{ gauche }}.{{ mesure }} is distinct from {{ droite }}.{{ mesure }}
        {%- endfor %}
{%- endmacro %}
