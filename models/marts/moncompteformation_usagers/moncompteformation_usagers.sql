with

partition as (

    select * from {{ ref('int_usagers__partition') }}

),

lieux as (

    select * from {{ ref('int_lieux__nommes') }}

),

usagers as (

    select
        -- level and period
        partition.niveau_diffusion,
        partition.trimestre_entree,
        partition.annee_entree,

        -- residence
        regions.code as code_region_residence,
        regions.nom as region_residence,
        departements.code as code_departement_residence,
        departements.nom as departement_residence,

        -- person
        partition.genre,
        partition.tranche_age,
        partition.situation,
        partition.csp,

        -- dossier
        partition.statut,

        -- measures
        {{ mesures_publiques('partition') }}

    from partition
    inner join lieux as regions
        on partition.code_region_residence = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            partition.code_departement_residence = departements.cle
            and departements.echelon = 'departement'

)

select * from usagers
order by
    annee_entree, trimestre_entree, code_region_residence, code_departement_residence, genre,
    tranche_age, situation, csp, statut, niveau_diffusion
