with

source as (

    select * from {{ source('atterrissage', 'certifications_formacode') }}

),

renamed as (

    select
        -- key
        numero_fiche as code_certification,
        _num as rang,

        -- texts
        formacode_code as code_formacode,
        {{ masquer(sans_code('formacode_libelle')) }} as libelle_formacode

    from source

)

select * from renamed
