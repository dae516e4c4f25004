{#- What the two marts of persons say in the same words. -#}

{#- An attribute of the certification, unless the certification itself is generalised. -#}
{% macro regroupe(code, attribut) -%}
    case when {{ code }} in ('REGROUPE', 'ENSEMBLE') then {{ code }} else {{ attribut }} end
{%- endmacro %}

{#- The label of a code that may be generalised or unknown. -#}
{% macro nomme(code, libelle) -%}
    case {{ code }}
            when 'REGROUPE' then 'REGROUPE'
            when 'ENSEMBLE' then 'ENSEMBLE'
            when 'NR' then 'Non renseigné'
            else {{ libelle }}
        end
{%- endmacro %}

{#- The public measures, in their order. -#}
{% macro mesures_publiques(etape) -%}
    {{ etape }}.nb_dossiers,
        {{ etape }}.nb_titulaires,
        {{ etape }}.prix_moyen,
        {{ etape }}.duree_moyenne,
        {{ etape }}.montant_engage,
        {{ etape }}.montant_personne
    {%- for montant in tous_les_montants() %},
        {{ etape }}.{{ montant }}
    {%- endfor %}
{%- endmacro %}

{#- Whether the row tells by financer all that it has: nothing is left in what it tells of none. It is drawn from
    the other columns, so that it says no more than they do. -#}
{% macro montants_par_financeur(etape) -%}
    if({{ etape }}.montant_non_ventile = 0, 'publies', 'secrets')
{%- endmacro %}

{#- What a person is first: a job seeker or not. -#}
{% macro situation(csp) -%}
    case {{ csp }}
            when 'REGROUPE' then 'REGROUPE'
            when 'Demandeur d''emploi' then 'Demandeur d''emploi'
            else 'En emploi ou autre situation'
        end
{%- endmacro %}
