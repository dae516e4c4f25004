with

source as (

    select * from {{ source('atterrissage', 'depots') }}

),

renamed as (

    select
        -- key
        source,
        sha256,

        -- dates
        date_extraction,
        atterri_le,

        -- state
        courant as est_courant

    from source

)

select * from renamed
