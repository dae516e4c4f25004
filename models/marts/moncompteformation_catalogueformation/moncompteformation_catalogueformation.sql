with

flux as (

    select * from {{ ref('int_offre__flux') }}

),

edof as (

    select * from {{ ref('int_offre__edof') }}
    where 'edof' in (select source from flux)

),

portail as (

    select * from {{ ref('int_offre__portail') }}
    where 'portail' in (select source from flux) and motif_ecart is null

),

offre as (

    select * from edof
    union all by name
    select * exclude (num_ligne, date_chargement_livree, motif_ecart) from portail

),

catalogue as (

    select
        date_chargement,
        nom_of,
        nom_departement,
        nom_region,
        type_referentiel,
        code_rs,
        code_rncp,
        intitule_certification,
        libelle_niveau_sortie_formation,
        code_formacode_1,
        code_formacode_2,
        code_formacode_3,
        code_formacode_4,
        code_formacode_5,
        libelle_code_formacode_principal,
        code_rome_1,
        code_rome_2,
        code_rome_3,
        code_rome_4,
        code_rome_5,
        libelle_nsf_1,
        libelle_nsf_2,
        libelle_nsf_3,
        code_nsf_1,
        code_nsf_2,
        code_nsf_3,
        code_certifinfo,
        siret_of,
        numero_formation,
        intitule_formation,
        points_forts,
        objectif_formation,
        contenu_formation,
        resultats_attendus_formation,
        nb_action,
        nb_session_active,
        nb_session_a_distance,
        nombre_heures_total_min,
        nombre_heures_total_max,
        nombre_heures_total_mean,
        frais_ttc_tot_min,
        frais_ttc_tot_max,
        frais_ttc_tot_mean,
        code_departement,
        code_region,
        nbaction_nbheures,
        coderegion_export

    from offre

)

select * from catalogue
