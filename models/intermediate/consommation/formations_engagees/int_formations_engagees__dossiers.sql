{{ config(materialized='view') }}

with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}

),

statuts as (

    select * from {{ ref('statuts') }}

),

modalites as (

    select * from {{ ref('modalites') }}

),

decrits as (

    select
        -- keys
        dossiers.id_dossier,
        dossiers.titulaire,
        dossiers.numero,

        -- cohort and cell
        cast(date_trunc('month', dossiers.date_validation) as date) as cohorte,
        dossiers.code_certification,
        dossiers.code_departement_lieu,

        -- what only the definitive edition tells
        dossiers.statut_dossier,
        modalites.libelle as modalite_presence,
        coalesce(statuts.est_sensible, true) as est_sensible,

        -- measures
        {{ etat_du_dossier('dossiers') }}

    from dossiers
    inner join modalites on dossiers.code_modalite = modalites.code
    left join statuts on dossiers.statut_dossier = statuts.statut_dossier

)

select * from decrits
