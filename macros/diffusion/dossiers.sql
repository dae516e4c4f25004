{#- What the steps read of dossiers. -#}

{#- The state of a dossier: all that a published row may tell of it, and what it is judged by. -#}
{% macro etat_du_dossier(dossiers) -%}
    {{ dossiers }}.siren_of,
        {{ dossiers }}.nombre_heures_h as heures,
        {{ dossiers }}.montant_engage
        {%- for montant in tous_les_montants() %},
        {{ dossiers }}.{{ montant }}
        {%- endfor %},
        -- what everybody knows of it: the flat participation in force
        {{ participation_connue(dossiers) }} as participation
{%- endmacro %}

{#- Of what the person pays, the largest flat participation that may be in it. -#}
{% macro participation_connue(dossiers) -%}
    if(
            {{ dossiers }}.montant_reste_a_charge = 0,
            0,
            coalesce(list_max(list_transform(
                list_filter(
                    (select list(struct_pack(debut := debut, montant := montant)) from {{ ref('participations') }}),
                    lambda tarif: tarif.debut <= {{ dossiers }}.date_validation
                    and tarif.montant <= {{ dossiers }}.montant_reste_a_charge
                ),
                lambda tarif: tarif.montant
            )), 0)
        )
{%- endmacro %}

{#- The finest groups of the cohorts that this version publishes, by `colonnes`. -#}
{% macro groupes_de_dossiers() -%}
{%- set colonnes = reglages().colonnes -%}
select
        cohorte,
        {% for colonne in colonnes -%}
        {{ colonne }},
        {% endfor -%}
        any_value(editions.est_suivie) as est_suivie,
        -- A cell bears the number of its first dossier: numbering them would take a window.
        min(numero) as numero,
        list(numero) as numeros,
        list(titulaire) as titulaires,
        -- most cells are one dossier: their list is not worth a look
        if(count(*) = 1, 1, list_unique(list(titulaire))) as nb_titulaires
    from {{ modele('dossiers') }}
    inner join {{ modele('editions') }} as editions using (cohorte)
    group by cohorte, {{ colonnes | join(', ') }}
{%- endmacro %}
