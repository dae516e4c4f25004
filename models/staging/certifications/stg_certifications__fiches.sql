with

source as (

    select * from {{ source('atterrissage', 'certifications_standard') }}

),

renamed as (

    select
        -- key
        numero_fiche as code_certification,

        -- texts
        {{ masquer(libelle_registre('intitule')) }} as intitule_certification,
        nomenclature_europe_niveau as code_niveau

    from source

)

select * from renamed
