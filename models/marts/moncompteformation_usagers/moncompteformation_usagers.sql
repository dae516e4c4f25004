with

diffusion as (

    select * from {{ ref('int_usagers__diffusion') }}

),

lieux as (

    select * from {{ ref('int_lieux__nommes') }}

),

usagers as (

    select
        -- level and period
        diffusion.niveau_diffusion,
        diffusion.edition,
        diffusion.valeur_du,
        strftime(diffusion.cohorte, '%Y-T') || quarter(diffusion.cohorte) as trimestre_entree,
        cast(year(diffusion.cohorte) as integer) as annee_entree,

        -- residence
        regions.code as code_region_residence,
        regions.nom as region_residence,
        departements.code as code_departement_residence,
        departements.nom as departement_residence,

        -- person
        diffusion.genre,
        diffusion.tranche_age,
        {{ situation('diffusion.csp') }} as situation,
        diffusion.csp,

        -- dossier
        diffusion.statut,

        -- measures
        {{ mesures_publiques('diffusion') }},
        {{ montants_par_financeur('diffusion') }} as montants_par_financeur

    from diffusion
    inner join lieux as regions
        on diffusion.code_region_residence = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            diffusion.code_departement_residence = departements.cle
            and departements.echelon = 'departement'

)

select * from usagers
