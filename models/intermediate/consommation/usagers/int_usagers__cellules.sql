with

groupes as (

    {{ groupes_de_dossiers() }}

),

departements as (

    select * from {{ ref('departements') }}

),

cellules as (

    select
        groupes.* exclude (tranche_age),
        -- dimensions: never null, since the levels of diffusion are compared by them
        coalesce(departements.code_region, groupes.code_departement_residence) as code_region_residence,
        case groupes.code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end as genre,
        coalesce(groupes.tranche_age, 'Non renseigné') as tranche_age

    from groupes
    left join departements on groupes.code_departement_residence = departements.code

)

select * from cellules
