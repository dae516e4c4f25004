with

source as (

    select * from {{ source('atterrissage', 'edof_formations') }}

),

renamed as (

    select
        -- keys
        _num as num_formation,
        siret || '_' || {{ masquer_les_courriels('numero') }} as numero_formation,
        siret as siret_of,
        type_certification,
        code_certification,

        -- texts
        {{ masquer('intitule') }} as intitule_formation,
        {{ masquer('points_forts') }} as points_forts,
        {{ masquer('objectif') }} as objectif_formation,
        {{ masquer('contenu') }} as contenu_formation,
        {{ masquer('resultats_attendus') }} as resultats_attendus_formation,

        -- dates
        _date_extraction as date_chargement

    from source

)

select * from renamed
