{#- What the two marts of persons say in the same words. -#}

{#- An attribute of the certification, once the certification itself is generalised. -#}
{% macro regroupe(code, attribut) -%}
    case when {{ code }} = 'REGROUPE' then 'REGROUPE' else {{ attribut }} end
{%- endmacro %}

{#- The label of a code that may be generalised or unknown. -#}
{% macro nomme(code, libelle) -%}
    case {{ code }}
            when 'REGROUPE' then 'REGROUPE'
            when 'NR' then 'Non renseigné'
            else {{ libelle }}
        end
{%- endmacro %}

{#- The public measures, in their order: means are drawn from the sums, so that they agree. -#}
{% macro mesures_publiques(etape) -%}
    {{ etape }}.nb_dossiers,
        cast({{ etape }}.nb_titulaires as bigint) as nb_titulaires,
        cast({{ etape }}.montant_engage / nullif({{ etape }}.nb_dossiers, 0) as decimal(12, 2)) as prix_moyen,
        cast({{ etape }}.heures / nullif({{ etape }}.nb_dossiers_avec_duree, 0) as decimal(8, 1)) as duree_moyenne,
        {{ etape }}.montant_engage
    {%- for montant in tous_les_montants() %},
        {{ etape }}.{{ montant }}
    {%- endfor %}
{%- endmacro %}
