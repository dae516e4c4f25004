with

derniers as (

    {{ dernieres_livraisons(ref('stg_portail__achats'), 'portail_achats') }}

),

exceptions as (

    select
        code,
        {{ comparable('libelle') }} as nom
    from {{ ref('cpf_codes') }}

),

domaines as (

    select
        *,
        {{ comparable('libelle') }} as nom
    from {{ ref('nsf') }}

),

formacodes as (

    select
        *,
        {{ comparable('libelle') }} as nom
    from {{ ref('formacode') }}

),

-- A label that several codes share names none of them.
formacodes_nommes as (

    select
        nom,
        any_value(code) as code
    from formacodes
    group by nom
    having count(*) = 1

),

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

reconnus as (

    select
        derniers.*,
        {{ code_publie('derniers', 'exceptions') }} as code_certification,
        coalesce(par_code.code, par_nom.code, 'NR') as nsf_reconnu,
        coalesce(
            par_code.libelle, par_nom.libelle, derniers.domaine_formation_nsf, 'Non renseigné'
        ) as domaine,
        coalesce(derniers.code_formacode_principal, formacodes_nommes.code) as formacode,
        {{ lieu_publie(
            'derniers.code_departement_lieu_formation',
            'coalesce(derniers.departement_lieu_formation, derniers.code_region_lieu_formation, derniers.region_lieu_formation) is not null'
        ) }} as departement,
        {{ lieu_publie(
            'derniers.code_region_lieu_formation',
            'coalesce(derniers.departement_lieu_formation, derniers.region_lieu_formation) is not null'
        ) }} as region
    from derniers
    left join exceptions on {{ comparable('derniers.intitule_certification') }} = exceptions.nom
    left join domaines as par_code on derniers.code_nsf = par_code.code
    left join domaines as par_nom on {{ comparable('derniers.domaine_formation_nsf') }} = par_nom.nom
    left join formacodes_nommes
        on {{ comparable('derniers.libelle_formacode_principal') }} = formacodes_nommes.nom

),

-- Of a certification that was renamed, the last title.
titres as (

    select
        code_certification,
        code_certifinfo,
        arg_max(intitule_certification, (debut, num_ligne)) as intitule
    from reconnus
    where code_certification <> 'NR'
    group by code_certification, code_certifinfo

),

intitules as (

    select
        reconnus.* exclude (intitule_certification),
        coalesce(titres.intitule, reconnus.intitule_certification) as intitule_certification
    from reconnus
    left join titres
        on
            reconnus.code_certification = titres.code_certification
            and reconnus.code_certifinfo = titres.code_certifinfo

),

reunis as (

    select
        debut,
        max(valeur_du) as valeur_du,
        code_certification,
        code_rs,
        code_rncp,
        code_certifinfo,
        intitule_certification,
        nsf_reconnu,
        domaine,
        formacode,
        libelle_formacode_principal,
        region,
        departement,
        statut_dossier,
        modalite_presence,
        {{ mesures_du_portail() }}
    from intitules
    group by all

),

achats as (

    select
        -- level and period
        0 as niveau_diffusion,
        'producteur' as edition,
        reunis.valeur_du,
        strftime(reunis.debut, '%Y-%m') as mois_validation,
        strftime(reunis.debut, '%Y-T') || quarter(reunis.debut) as trimestre_validation,
        cast(year(reunis.debut) as integer) as annee_validation,

        -- certification
        {{ type_referentiel('reunis.code_certification') }} as type_referentiel,
        reunis.code_certification,
        reunis.code_rs,
        reunis.code_rncp,
        reunis.code_certifinfo,
        reunis.intitule_certification,
        cast(null as varchar) as libelle_niveau_sortie_formation,
        reunis.nsf_reconnu as code_nsf,
        reunis.domaine as domaine_formation_nsf,
        reunis.formacode as code_formacode_principal,
        reunis.libelle_formacode_principal,

        -- place: null when remote
        reunis.region as code_region_lieu_formation,
        case when reunis.region = 'NR' then 'Non renseigné' else regions.nom end as region_lieu_formation,
        reunis.departement as code_departement_lieu_formation,
        case when reunis.departement = 'NR' then 'Non renseigné' else departements.nom end
            as departement_lieu_formation,

        -- dossier
        reunis.statut_dossier,
        reunis.modalite_presence,

        -- measures: null when masked
        reunis.nb_dossiers,
        reunis.nb_titulaires,
        reunis.prix_moyen,
        reunis.duree_moyenne,
        {{ montants_du_portail('reunis') }}

    from reunis
    left join regions on reunis.region = regions.code
    left join departements on reunis.departement = departements.code

)

select * from achats
