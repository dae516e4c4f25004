with

actions as (

    select * from {{ ref('int_offre__actions') }}

),

lignes as (

    select * from {{ ref('int_offre__portail') }}

),

ecartees as (

    select
        'edof' as source,
        numero_formation,
        numero_action,
        cast(null as bigint) as num_ligne,
        motif_ecart

    from actions
    where motif_ecart is not null

    union all

    select
        'portail' as source,
        numero_formation,
        cast(null as varchar) as numero_action,
        num_ligne,
        motif_ecart

    from lignes
    where motif_ecart is not null

)

select * from ecartees
