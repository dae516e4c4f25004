with

source as (

    select * from {{ source('atterrissage', 'certifications_certificateurs') }}

),

renamed as (

    select
        -- keys
        numero_fiche as code_certification,
        _num as rang,
        {{ siret_normalise('siret_certificateur') }} as siret,

        -- texts
        -- A sole trader is named by law.
        {{ masquer('nom_certificateur', personnes=false) }} as nom_certificateur,

        -- dates
        _date_extraction as date_extraction

    from source

)

select * from renamed
