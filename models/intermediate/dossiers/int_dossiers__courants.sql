with

versions as not materialized (

    select
        dossiers.*,
        struct_pack(
            modification := dossiers.date_derniere_modification,
            livraison := livraisons.rang_livraison,
            ligne := dossiers.num_ligne
        ) as version

    from {{ ref('stg_dossiers__dossiers') }} as dossiers
    inner join {{ ref('int_livraisons__rangees') }} as livraisons
        on dossiers.sha256_livraison = livraisons.sha256 and livraisons.source = 'dossiers'

),

financements as (

    select * from {{ ref('int_financements__courants') }}

),

-- Who has entered, by the status: a date alone is only planned, nor did who cancelled enter.
commences as (

    select statut_dossier
    from {{ ref('statuts') }}
    where a_commence

),

-- So is a date of entry later than the last delivery.
arrete as (

    select max(date_extraction) as jour
    from {{ ref('stg_atterrissage__depots') }}
    where source = 'dossiers' and est_courant

),

dernieres as (

    select
        id_dossier,
        max(version) as version,
        -- In place of the id in the lists of dossiers by cell. Here, where only ids are sorted,
        -- it costs next to nothing; over the whole dossiers twice the model (2026-11, 3 M of them).
        row_number() over (order by id_dossier) as numero

    from versions
    group by id_dossier

),

courants as (

    select
        -- keys
        versions.id_dossier,
        versions.titulaire,
        dernieres.numero,

        -- dates
        versions.date_validation,
        versions.date_entree,
        versions.date_sortie,
        commences.statut_dossier is not null
        and coalesce(versions.date_entree <= (select arrete.jour from arrete), false) as est_entre,

        -- dossier
        versions.statut_dossier,
        versions.code_certification,
        case
            when versions.code_departement_lieu is not null then versions.code_departement_lieu
            when versions.code_modalite = 'A_DISTANCE' then 'A_DISTANCE'
            else 'NR'
        end as code_departement_lieu,
        versions.code_modalite,
        versions.siret_of,
        versions.siren_of,

        -- person
        versions.code_genre,
        versions.tranche_age,
        coalesce(versions.code_departement_residence, 'NR') as code_departement_residence,
        versions.code_situation,
        versions.code_csp,

        -- measures
        versions.nombre_heures_h,
        versions.prix_eur,
        financements.id_dossier is not null as est_finance,
        coalesce(financements.a_un_code_inconnu, false) as a_un_financeur_inconnu,
        coalesce(financements.montant_finance, versions.prix_eur) as montant_engage
        {%- for montant in montants_finances() %},
        coalesce(financements.{{ montant }}, 0) as {{ montant }}
        {%- endfor %},
        case when financements.id_dossier is null then versions.prix_eur else 0 end as montant_non_ventile

    from versions
    inner join dernieres
        on versions.id_dossier = dernieres.id_dossier and versions.version = dernieres.version
    left join financements on versions.id_dossier = financements.id_dossier
    left join commences on versions.statut_dossier = commences.statut_dossier

)

select * from courants
