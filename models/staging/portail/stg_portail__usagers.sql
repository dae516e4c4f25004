with

source as (

    select * from {{ source('atterrissage', 'portail_usagers') }}

),

renamed as (

    select
        -- version
        _sha256 as sha256_livraison,
        _date_extraction as date_extraction,
        _num as num_ligne,
        coalesce(date_chargement, _date_extraction) as valeur_du,

        -- period
        trimestre_entree,
        make_date(
            cast(left(trimestre_entree, 4) as integer), 3 * cast(right(trimestre_entree, 1) as integer) - 2, 1
        ) as debut,

        -- residence
        code_region_residence,
        region_residence,
        code_departement_residence,
        departement_residence,

        -- person and dossier
        genre,
        tranche_age,
        csp,
        statut,

        -- measures
        nb_dossiers,
        nb_titulaires,
        prix_moyen,
        duree_moyenne,
        montant_engage,
        montant_titulaire,
        montant_reste_a_charge,
        montant_employeur,
        montant_france_travail,
        montant_opco,
        montant_region,
        montant_agefiph,
        montant_transitions_pro,
        montant_autre,
        montant_non_ventile,
        masque as est_masque

    from source

)

select * from renamed
