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

        -- Qualiopi, of this kind of action
        actions_de_formation as est_certifie_pour_la_formation,

        -- dates
        date_derniere_declaration

    from source

)

select * from renamed
