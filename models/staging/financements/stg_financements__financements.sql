with

source as (

    select * from {{ source('atterrissage', 'financements') }}

),

renamed as (

    select
        -- key
        id_dossier,

        -- version
        date_derniere_modification,
        _sha256 as sha256_livraison,

        -- financement
        code_financeur,
        montant as montant_eur

    from source

)

select * from renamed
