with

flux as (

    select * from {{ ref('int_offre__flux') }}

),

edof as (

    select * from {{ ref('int_offre__edof') }}

),

portail as (

    select * from {{ ref('int_offre__portail') }}

),

-- One source or the other, never both.
offre as (

    select edof.* from edof
    inner join flux on flux.source = 'edof'

    union all by name

    select portail.* from portail
    inner join flux on flux.source = 'portail'

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
