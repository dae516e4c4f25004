with

partenaires as (

    select * from {{ ref('stg_certifications__partenaires') }}

),

certificateurs as (

    select * from {{ ref('stg_certifications__certificateurs') }}

),

inscrits as (

    select
        {{ type_referentiel('code_certification') }} as type_referentiel,
        date_extraction,
        etat
    from partenaires

    union all

    select
        {{ type_referentiel('code_certification') }} as type_referentiel,
        date_extraction,
        null as etat
    from certificateurs

),

listes as (

    select
        type_referentiel,
        max(date_extraction) as date_repertoire,
        count(etat) > 0 as etat_connu

    from inscrits
    group by type_referentiel

)

select * from listes
