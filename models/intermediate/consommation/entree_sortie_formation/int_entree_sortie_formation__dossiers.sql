{{ config(materialized='view') }}

with

evenements as (

    select * from {{ ref('int_entree_sortie_formation__evenements') }}

),

decrits as (

    select
        -- keys: a dossier is there once by counter
        evenements.id_dossier || ' ' || evenements.compteur as id_dossier,
        evenements.titulaire,
        evenements.numero * {{ reglages().compteurs | length }} + {{ rang_du_compteur('evenements.compteur') }} as numero,

        -- cohort (a quarter and a counter) and cell
        {{ cohorte_du_compteur('evenements.jour', 'evenements.compteur') }} as cohorte,
        strftime(evenements.jour, '%Y-%m') as annee_mois,
        evenements.code_certification,
        evenements.siren_of as siren_of_contractant,

        -- what only the definitive edition tells
        evenements.siret_of as siret_of_contractant,
        -- what is sensitive of an exit is its counter, of which the partition takes care
        false as est_sensible,

        -- measures: there are none but the dossiers
        evenements.siren_of,
        cast(null as decimal(8, 1)) as heures,
        cast(0 as decimal(12, 2)) as montant_engage
        {%- for montant in tous_les_montants() + ['participation'] %},
        cast(0 as decimal(12, 2)) as {{ montant }}
        {%- endfor %}

    from evenements

)

select * from decrits
