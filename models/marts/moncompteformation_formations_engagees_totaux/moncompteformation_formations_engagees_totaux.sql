with

totaux as (

    select * from {{ ref('int_formations_engagees__totaux_publics') }}

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
        -- table and period
        totaux.tableau,
        totaux.periode,
        totaux.edition,
        totaux.valeur_du,
        totaux.mois as mois_validation,
        totaux.trimestre as trimestre_validation,
        totaux.annee as annee_validation,

        -- certification
        nullif(totaux.type_referentiel, 'AUCUN') as type_referentiel,
        totaux.code_certification,
        {{ regroupe('totaux.code_certification', 'certifications.intitule_certification') }}
            as intitule_certification,
        totaux.code_nsf,
        {{ nomme('totaux.code_nsf', 'domaines.libelle') }} as domaine_formation_nsf,

        -- place: null when remote
        regions.code as code_region_lieu_formation,
        regions.nom as region_lieu_formation,
        departements.code as code_departement_lieu_formation,
        departements.nom as departement_lieu_formation,

        -- dossier
        totaux.statut_dossier,
        totaux.modalite_presence,

        -- measures
        totaux.diffusion,
        {{ mesures_publiques('totaux') }},
        totaux.montants_par_financeur

    from totaux
    inner join lieux as regions
        on totaux.code_region_lieu_formation = regions.cle and regions.echelon = 'region'
    inner join lieux as departements
        on
            totaux.code_departement_lieu_formation = departements.cle
            and departements.echelon = 'departement'
    left join certifications on totaux.code_certification = certifications.code_certification
    left join domaines on totaux.code_nsf = domaines.code

)

select * from engagees
