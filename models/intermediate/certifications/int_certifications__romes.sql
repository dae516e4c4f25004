with

registre as (

    select * from {{ ref('stg_certifications__romes') }}

),

delivres as (

    select
        code_certification,
        code_rome,
        min(rang) as premier_rang

    from registre
    where code_rome is not null
    group by code_certification, code_rome

),

ranges as (

    select
        code_certification,
        code_rome,
        row_number() over (partition by code_certification order by premier_rang) as rang

    from delivres

),

{{ en_colonnes('ranges', ['code_rome'], 5) }}

select * from en_colonnes
