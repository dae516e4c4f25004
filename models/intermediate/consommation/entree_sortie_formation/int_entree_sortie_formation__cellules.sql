with

groupes as (

    {{ groupes_de_dossiers() }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

cellules as (

    select
        groupes.*,
        -- a dimension: never null, since the levels of diffusion are compared by it
        coalesce(certifications.code_nsf_1, 'NR') as code_nsf

    from groupes
    left join certifications on groupes.code_certification = certifications.code_certification

)

select * from cellules
