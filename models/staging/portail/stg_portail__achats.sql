with

source as (

    select * from {{ source('atterrissage', 'portail_achats') }}

),

renamed as (

    select
        -- version
        _sha256 as sha256_livraison,
        _date_extraction as date_extraction,
        _num as num_ligne,
        coalesce(date_chargement, _date_extraction) as valeur_du,

        -- period
        mois_validation,
        cast(mois_validation || '-01' as date) as debut,

        -- certification
        type_referentiel,
        code_rs,
        code_rncp,
        code_certifinfo,
        {{ masquer('intitule_certification') }} as intitule_certification,
        code_nsf,
        {{ masquer('domaine_formation_nsf') }} as domaine_formation_nsf,
        code_formacode_principal,
        {{ masquer('libelle_formacode_principal') }} as libelle_formacode_principal,

        -- place
        code_region_lieu_formation,
        region_lieu_formation,
        code_departement_lieu_formation,
        departement_lieu_formation,

        -- dossier
        statut_dossier,
        modalite_presence,

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
