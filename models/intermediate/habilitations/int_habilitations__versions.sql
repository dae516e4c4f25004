with

paires as (

    select * from {{ ref('int_habilitations__paires') }}

),

passees as (

    select * from {{ source('registre', 'moncompteformation_catalogueformation__versions') }}

),

courante as (

    select max(date_catalogue) as date_catalogue from paires

),

-- Catalogues of the past, and the current one, which may be one of them.
versions as (

    select distinct passees.date_chargement as date_catalogue
    from passees
    inner join courante on passees.date_chargement < courante.date_catalogue

    union all

    select date_catalogue from courante
    where date_catalogue is not null

),

rangees as (

    select
        date_catalogue,
        row_number() over (order by date_catalogue desc) as rang

    from versions

)

select * from rangees
