with

actions as (

    select * from {{ ref('int_offre__actions') }}

),

ecartees as (

    select
        numero_formation,
        numero_action,
        code_certification,
        motif_ecart

    from actions
    where motif_ecart is not null

)

select * from ecartees
