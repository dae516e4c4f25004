with

source as (

    select * from {{ source('atterrissage', 'dossiers') }}

),

tranches as (

    select * from {{ ref('tranches_age') }}

),

dates as (

    select
        *,
        -- Full years lived at the entry, else at the validation.
        date_sub('year', date_naissance, coalesce(date_entree, date_validation)) as age

    from source

),

-- The birth date stops here: what follows only knows the bracket.
renamed as (

    select
        -- keys
        dates.id_dossier,
        dates.titulaire,

        -- version
        dates.date_derniere_modification,
        dates._sha256 as sha256_livraison,
        dates._num as num_ligne,

        -- dates
        dates.date_validation,
        dates.date_entree,
        dates.date_sortie,

        -- dossier
        dates.statut_dossier,
        dates.code_certification,
        dates.code_departement_lieu,
        dates.modalite_presence as code_modalite,
        dates.siret_of,
        left(dates.siret_of, 9) as siren_of,

        -- person
        dates.genre as code_genre,
        tranches.libelle as tranche_age,
        dates.code_departement_residence,
        dates.situation as code_situation,
        dates.csp as code_csp,

        -- measures
        dates.nombre_heures as nombre_heures_h,
        dates.prix as prix_eur

    from dates
    left join tranches on dates.age between tranches.age_min and tranches.age_max

)

select * from renamed
