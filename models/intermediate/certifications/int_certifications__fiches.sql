with

fiches as (

    select * from {{ ref('stg_certifications__fiches') }}

),

exceptions as (

    select * from {{ ref('cpf_codes') }}

),

niveaux as (

    select * from {{ ref('niveaux') }}

),

registre as (

    select
        fiches.code_certification,
        fiches.intitule_certification,
        niveaux.libelle as libelle_niveau

    from fiches
    left join niveaux on fiches.code_niveau = niveaux.code

),

connues as (

    select * from registre

    union all

    select
        code as code_certification,
        libelle as intitule_certification,
        cast(null as varchar) as libelle_niveau

    from exceptions

)

select * from connues
