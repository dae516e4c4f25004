with

catalogue as (

    select * from {{ ref('moncompteformation_catalogueformation') }}

),

paires as (

    select
        -- key
        siret_of,
        case type_referentiel when 'RS' then 'RS' || code_rs else 'RNCP' || code_rncp end
            as code_certification,

        -- what the catalogue says of it
        left(siret_of, 9) as siren,
        type_referentiel,
        min(nom_of) as nom_of,
        min(intitule_certification) as intitule_catalogue,
        count(distinct coalesce(numero_formation, intitule_formation)) as nb_formations,
        max(date_chargement) as date_catalogue

    from catalogue
    -- A certification without a code is in no register: nothing is said of who may sell it.
    where type_referentiel is not null
    group by all

)

select * from paires
