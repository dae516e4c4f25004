with

partition as (

    select * from {{ ref('int_formations_engagees__partition') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

domaines as (

    select * from {{ ref('nsf') }}

),

lieux as (

    select * from {{ ref('int_lieux__nommes') }}

),

engagees as (

    select
        -- level and period
        partition.niveau_diffusion,
        partition.mois_validation,
        partition.trimestre_validation,
        partition.annee_validation,

        -- certification
        case
            when partition.code_certification = 'REGROUPE' then 'REGROUPE'
            else {{ type_referentiel('partition.code_certification') }}
        end as type_referentiel,
        partition.code_certification,
        case
            when partition.code_certification <> 'REGROUPE'
                then {{ numero_fiche('partition.code_certification', 'RS') }}
        end as code_rs,
        case
            when partition.code_certification <> 'REGROUPE'
                then {{ numero_fiche('partition.code_certification', 'RNCP') }}
        end as code_rncp,
        case
            when partition.code_certification = 'REGROUPE' then 'REGROUPE'
            else coalesce(certifications.code_certifinfo, '-1')
        end as code_certifinfo,
        {%- for colonne in [
            'intitule_certification', 'libelle_niveau_sortie_formation',
        ] %}
        {{ regroupe('partition.code_certification', 'certifications.' ~ colonne) }} as {{ colonne }},
        {%- endfor %}
        partition.code_nsf,
        {{ nomme('partition.code_nsf', 'domaines.libelle') }} as domaine_formation_nsf,
        {{ regroupe('partition.code_certification', 'certifications.code_formacode_1') }}
            as code_formacode_principal,
        {{ regroupe('partition.code_certification', 'certifications.libelle_code_formacode_principal') }}
            as libelle_formacode_principal,

        -- place: null when remote
        regions.code as code_region_lieu_formation,
        regions.nom as region_lieu_formation,
        departements.code as code_departement_lieu_formation,
        departements.nom as departement_lieu_formation,

        -- dossier
        partition.statut_dossier,
        partition.modalite_presence,

        -- measures
        {{ mesures_publiques('partition') }}

    from partition
    inner join lieux as regions
        on partition.code_region_lieu_formation = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            partition.code_departement_lieu_formation = departements.cle
            and departements.echelon = 'departement'
    left join certifications on partition.code_certification = certifications.code_certification
    left join domaines on partition.code_nsf = domaines.code

)

select * from engagees
order by
    annee_validation, trimestre_validation, mois_validation, code_certification, code_nsf,
    code_region_lieu_formation, code_departement_lieu_formation, statut_dossier, modalite_presence,
    niveau_diffusion
