{{ config(materialized='view') }}

with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}
    where est_entre

),

statuts as (

    select * from {{ ref('statuts') }}

),

commences as (

    select
        dossiers.*,
        statuts.realisation

    from dossiers
    inner join statuts on dossiers.statut_dossier = statuts.statut_dossier
    where statuts.a_commence

),

-- Who has left, and is not closed yet, is in no exit: nobody knows how it ended.
evenements as (

    select
        commences.*,
        'entrees_formation' as compteur,
        commences.date_entree as jour

    from commences

    union all

    select
        commences.*,
        'sorties_realisation_' || commences.realisation as compteur,
        commences.date_sortie as jour

    from commences
    where commences.realisation is not null and commences.date_sortie is not null

)

select * from evenements
