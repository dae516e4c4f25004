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
        nomenclature_europe_niveau as code_niveau,

        -- registration
        date_effet,
        date_fin_enregistrement,
        actif = 'ACTIVE' as est_active,
        _date_extraction as date_extraction

    from source

)

select * from renamed
