{{ config(materialized='view') }}

with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}
    where est_entre

),

statuts as (

    select * from {{ ref('statuts') }}

),

csp as (

    select * from {{ ref('csp') }}

),

decrits as (

    select
        -- keys
        dossiers.id_dossier,
        dossiers.titulaire,
        dossiers.numero,

        -- cohort and cell
        cast(date_trunc('quarter', dossiers.date_entree) as date) as cohorte,
        dossiers.code_departement_residence,
        dossiers.code_genre,
        dossiers.tranche_age,

        -- what only the definitive edition tells
        coalesce(csp.libelle, 'Sans activité ou non renseignée') as csp,
        statuts.statut_usager as statut,
        -- neither of the two says how a training ended
        false as est_sensible,

        -- measures
        {{ etat_du_dossier('dossiers') }}

    from dossiers
    inner join statuts on dossiers.statut_dossier = statuts.statut_dossier
    -- For a job seeker the situation says enough.
    left join csp
        on csp.code = if(dossiers.code_situation = 'DEMANDEUR_EMPLOI', 'DEMANDEUR_EMPLOI', dossiers.code_csp)

)

select * from decrits
