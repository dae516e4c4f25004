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
        {{ texte('intitule') }} as intitule_formation,
        {{ texte_long('points_forts') }} as points_forts,
        {{ texte_long('objectif') }} as objectif_formation,
        {{ texte_long('contenu') }} as contenu_formation,
        {{ texte_long('resultats_attendus') }} as resultats_attendus_formation,

        -- dates
        _date_extraction as date_chargement

    from source

)

select * from renamed
