with

groupes as (

    {{ groupes_de_dossiers() }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

departements as (

    select * from {{ ref('departements') }}

),

cellules as (

    select
        groupes.*,
        -- dimensions: never null, since the levels of diffusion are compared by them
        coalesce(certifications.code_nsf_1, 'NR') as code_nsf,
        groupes.code_departement_lieu as code_departement_lieu_formation,
        coalesce(departements.code_region, groupes.code_departement_lieu) as code_region_lieu_formation

    from groupes
    left join departements on groupes.code_departement_lieu = departements.code
    left join certifications on groupes.code_certification = certifications.code_certification

)

select * from cellules
