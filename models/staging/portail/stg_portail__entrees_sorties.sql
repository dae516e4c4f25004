with

source as (

    select * from {{ source('atterrissage', 'portail_entrees_sorties') }}

),

renamed as (

    select
        -- version
        _sha256 as sha256_livraison,
        _date_extraction as date_extraction,
        _num as num_ligne,
        coalesce(date_chargement, _date_extraction) as valeur_du,

        -- period
        annee_mois,
        cast(annee_mois || '-01' as date) as debut,

        -- certification
        type_referentiel,
        code_rs,
        code_rncp,
        code_certifinfo,
        {{ masquer('intitule_certification') }} as intitule_certification,

        -- training body
        siret_of_contractant,
        {{ masquer('raison_sociale_of_contractant', personnes=false) }} as raison_sociale_of_contractant,

        -- measures
        entrees_formation,
        sorties_realisation_partielle,
        sorties_realisation_totale,
        masque as est_masque

    from source

)

select * from renamed
