with

registre as (

    select * from {{ ref('stg_certifications__nsf') }}

),

exceptions as (

    select * from {{ ref('cpf_codes') }}

),

groupes as (

    select * from {{ ref('nsf') }}

),

-- Two letters of one group are one group.
delivres as (

    select
        code_certification,
        code_nsf,
        min(rang) as premier_rang,
        min_by(libelle_nsf, rang) as libelle_registre

    from registre
    where code_nsf is not null
    group by code_certification, code_nsf

    union all

    select
        code as code_certification,
        code_nsf,
        1 as premier_rang,
        cast(null as varchar) as libelle_registre

    from exceptions

),

ranges as (

    select
        delivres.code_certification,
        delivres.code_nsf,
        -- The seed first: a lettered label is not the group's.
        coalesce(groupes.libelle, delivres.libelle_registre) as libelle_nsf,
        row_number() over (
            partition by delivres.code_certification order by delivres.premier_rang, delivres.code_nsf
        ) as rang

    from delivres
    left join groupes on delivres.code_nsf = groupes.code

),

{{ en_colonnes('ranges', ['code_nsf', 'libelle_nsf'], 3) }}

select * from en_colonnes
