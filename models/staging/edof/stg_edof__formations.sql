with

source as (

    select * from {{ source('atterrissage', 'edof_formations') }}

),

renamed as (

    select
        -- keys
        _num as num_formation,
        siret || '_' || numero as numero_formation,
        siret as siret_of,
        type_certification,
        code_certification,

        -- texts
        intitule as intitule_formation,
        points_forts,
        objectif as objectif_formation,
        contenu as contenu_formation,
        resultats_attendus as resultats_attendus_formation,

        -- dates
        _date_extraction as date_chargement

    from source

)

select * from renamed
