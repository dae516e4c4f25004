with

source as (

    select * from {{ source('atterrissage', 'edof_sessions') }}

),

renamed as (

    select
        -- keys
        _num as num_formation,
        rang_action,
        rang_session,
        numero as numero_session,

        -- state
        etat_recrutement = '1' as est_ouverte

    from source

)

select * from renamed
