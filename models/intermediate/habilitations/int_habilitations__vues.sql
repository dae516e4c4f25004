with

paires as (

    select * from {{ ref('int_habilitations__paires') }}

),

versions as (

    select * from {{ ref('int_habilitations__versions') }}

),

passees as (

    select * from {{ source('registre', 'moncompteformation_catalogueformation__versions') }}

),

-- Only what is sold today has a signal.
vues as (

    select distinct
        paires.siret_of,
        paires.code_certification,
        passees.date_chargement as date_catalogue

    from passees
    inner join paires
        on
            passees.siret_of = paires.siret_of
            and passees.code_certification = paires.code_certification
    where passees.date_chargement < paires.date_catalogue

    union all

    select
        siret_of,
        code_certification,
        date_catalogue

    from paires

),

suivies as (

    select
        vues.*,
        -- A run of versions without a gap up to the current one: both ranks are the same.
        versions.rang = row_number() over (
            partition by vues.siret_of, vues.code_certification order by versions.rang
        ) as est_de_la_suite

    from vues
    inner join versions on vues.date_catalogue = versions.date_catalogue

),

paires_vues as (

    select
        siret_of,
        code_certification,
        min(date_catalogue) as premiere_vue,
        min(date_catalogue) filter (where est_de_la_suite) as suite_depuis

    from suivies
    group by siret_of, code_certification

)

select * from paires_vues
