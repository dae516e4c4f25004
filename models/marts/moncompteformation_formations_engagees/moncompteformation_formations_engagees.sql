with

diffusion as (

    select * from {{ ref('int_formations_engagees__diffusion') }}

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
        diffusion.niveau_diffusion,
        diffusion.edition,
        diffusion.valeur_du,
        strftime(diffusion.cohorte, '%Y-%m') as mois_validation,
        strftime(diffusion.cohorte, '%Y-T') || quarter(diffusion.cohorte) as trimestre_validation,
        cast(year(diffusion.cohorte) as integer) as annee_validation,

        -- certification
        case
            when diffusion.code_certification = 'REGROUPE' then 'REGROUPE'
            else {{ type_referentiel('diffusion.code_certification') }}
        end as type_referentiel,
        diffusion.code_certification,
        {{ numero_fiche('diffusion.code_certification', 'RS') }} as code_rs,
        {{ numero_fiche('diffusion.code_certification', 'RNCP') }} as code_rncp,
        case
            when diffusion.code_certification = 'REGROUPE' then 'REGROUPE'
            else coalesce(certifications.code_certifinfo, '-1')
        end as code_certifinfo,
        {%- for colonne in [
            'intitule_certification', 'libelle_niveau_sortie_formation',
        ] %}
        {{ regroupe('diffusion.code_certification', 'certifications.' ~ colonne) }} as {{ colonne }},
        {%- endfor %}
        diffusion.code_nsf,
        {{ nomme('diffusion.code_nsf', 'domaines.libelle') }} as domaine_formation_nsf,
        {{ regroupe('diffusion.code_certification', 'certifications.code_formacode_1') }}
            as code_formacode_principal,
        {{ regroupe('diffusion.code_certification', 'certifications.libelle_code_formacode_principal') }}
            as libelle_formacode_principal,

        -- place: null when remote
        regions.code as code_region_lieu_formation,
        regions.nom as region_lieu_formation,
        departements.code as code_departement_lieu_formation,
        departements.nom as departement_lieu_formation,

        -- dossier
        diffusion.statut_dossier,
        diffusion.modalite_presence,

        -- measures
        {{ mesures_publiques('diffusion') }},
        {{ montants_par_financeur('diffusion') }} as montants_par_financeur

    from diffusion
    inner join lieux as regions
        on diffusion.code_region_lieu_formation = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            diffusion.code_departement_lieu_formation = departements.cle
            and departements.echelon = 'departement'
    left join certifications on diffusion.code_certification = certifications.code_certification
    left join domaines on diffusion.code_nsf = domaines.code

)

select * from engagees
