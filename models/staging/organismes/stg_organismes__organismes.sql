with

source as (

    select * from {{ source('atterrissage', 'organismes') }}

),

renamed as (

    select
        -- keys
        _num as num_organisme,
        siren,
        siret_etablissement_declarant as siret,

        -- texts
        -- A sole trader is named by law.
        {{ masquer('denomination', personnes=false) }} as denomination,

        -- dates
        date_derniere_declaration

    from source

)

select * from renamed
