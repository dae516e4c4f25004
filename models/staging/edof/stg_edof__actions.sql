with

source as (

    select * from {{ source('atterrissage', 'edof_actions') }}

),

renamed as (

    select
        -- keys
        _num as num_formation,
        rang_action,
        numero as numero_action,

        -- place
        code_modalite_enseignement,
        code_postal,

        -- measures
        heures_centre as heures_centre_h,
        heures_entreprise as heures_entreprise_h,
        frais_ttc as frais_ttc_eur,

        -- dates
        date_maj

    from source

)

select * from renamed
