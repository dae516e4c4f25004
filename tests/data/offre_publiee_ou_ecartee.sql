-- Every distinct action of the catalogue is either in the published offer or set aside with a
-- reason; every landed row of the portal's export is published.
{{ config(meta={'dagster': {'ref': {'name': 'moncompteformation_catalogueformation'}}}) }}

with

flux as (

    select * from {{ ref('int_offre__flux') }}

),

actions as (

    select distinct
        num_formation,
        numero_action
    from {{ ref('stg_edof__actions') }}

),

jugees as (

    select * from {{ ref('int_offre__actions') }}

),

portail as (

    select * from {{ ref('stg_portail__catalogue') }}

),

publiees as (

    select * from {{ ref('moncompteformation_catalogueformation') }}

),

bilan as (

    select
        'edof' as source,
        (select count(*) from actions) as nb_livre,
        (select count(motif_ecart) from jugees) as nb_ecarte,
        (select coalesce(sum(nb_action), 0) from publiees) as nb_publie

    union all

    select
        'portail' as source,
        (select count(*) from portail) as nb_livre,
        0 as nb_ecarte,
        (select count(*) from publiees) as nb_publie

),

retenu as (

    select bilan.* from bilan
    inner join flux on bilan.source = flux.source

)

select * from retenu
where nb_livre <> nb_ecarte + nb_publie
