with

registre as (

    select * from {{ ref('stg_certifications__formacodes') }}

),

exceptions as (

    select * from {{ ref('cpf_codes') }}

),

formacode as (

    select * from {{ ref('formacode') }}

),

delivres as (

    select
        code_certification,
        code_formacode,
        min(rang) as premier_rang,
        min_by(libelle_formacode, rang) as libelle_registre

    from registre
    where code_formacode is not null
    group by code_certification, code_formacode

    union all

    select
        code as code_certification,
        code_formacode,
        1 as premier_rang,
        cast(null as varchar) as libelle_registre

    from exceptions

),

ranges as (

    select
        delivres.code_certification,
        delivres.code_formacode,
        coalesce(delivres.libelle_registre, formacode.libelle) as libelle_formacode,
        row_number() over (
            partition by delivres.code_certification order by delivres.premier_rang, delivres.code_formacode
        ) as rang

    from delivres
    left join formacode on delivres.code_formacode = formacode.code

),

{{ en_colonnes('ranges', ['code_formacode', 'libelle_formacode'], 5) }}

select * from en_colonnes
