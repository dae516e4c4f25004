with

source as (

    select * from {{ source('atterrissage', 'certifications_rome') }}

),

renamed as (

    select
        -- key
        numero_fiche as code_certification,
        _num as rang,

        -- texts
        codes_rome_code as code_rome

    from source

)

select * from renamed
