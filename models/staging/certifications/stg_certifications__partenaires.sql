with

source as (

    select * from {{ source('atterrissage', 'certifications_partenaires') }}

),

renamed as (

    select
        -- keys
        numero_fiche as code_certification,
        _num as rang,
        {{ siret_normalise('siret_partenaire') }} as siret,

        -- texts
        -- A sole trader is named by law.
        {{ masquer('nom_partenaire', personnes=false) }} as nom_partenaire,

        -- authorisation: states and dates are told by the XML export only
        habilitation_partenaire as habilitation,
        etat_habilitation as etat,
        date_actif,
        date_derniere_modification_etat as date_etat,
        _date_extraction as date_extraction

    from source

)

select * from renamed
