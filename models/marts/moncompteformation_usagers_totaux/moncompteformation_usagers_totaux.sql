with

totaux as (

    select * from {{ ref('int_usagers__totaux_publics') }}

),

lieux as (

    select * from {{ ref('int_lieux__nommes') }}

),

usagers as (

    select
        -- table and period
        totaux.tableau,
        totaux.periode,
        totaux.edition,
        totaux.valeur_du,
        totaux.trimestre as trimestre_entree,
        totaux.annee as annee_entree,

        -- residence
        regions.code as code_region_residence,
        regions.nom as region_residence,
        departements.code as code_departement_residence,
        departements.nom as departement_residence,

        -- person
        totaux.genre,
        totaux.tranche_age,
        totaux.situation,
        totaux.csp,

        -- dossier
        totaux.statut,

        -- measures
        totaux.diffusion,
        {{ mesures_publiques('totaux') }},
        totaux.montants_par_financeur

    from totaux
    inner join lieux as regions
        on totaux.code_region_residence = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            totaux.code_departement_residence = departements.cle
            and departements.echelon = 'departement'

)

select * from usagers
