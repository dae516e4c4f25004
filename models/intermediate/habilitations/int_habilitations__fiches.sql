with

fiches as (

    select * from {{ ref('stg_certifications__fiches') }}

),

certificateurs as (

    select * from {{ ref('stg_certifications__certificateurs') }}

),

successions as (

    select * from {{ ref('stg_certifications__successions') }}

),

dispenses as (

    select * from {{ ref('certificateurs_dispenses') }}

),

certifiees as (

    select
        certificateurs.code_certification,
        string_agg(distinct certificateurs.nom_certificateur, ' ; ' order by certificateurs.nom_certificateur)
            as certificateurs,
        string_agg(distinct left(certificateurs.siret, 9), ',' order by left(certificateurs.siret, 9))
            as siren_certificateurs,
        bool_or(dispenses.siren is not null) as est_dispensee

    from certificateurs
    left join dispenses on left(certificateurs.siret, 9) = dispenses.siren
    group by certificateurs.code_certification

),

remplacees as (

    select
        code_certification,
        string_agg(distinct remplacee_par, ',' order by remplacee_par) as remplacee_par

    from successions
    group by code_certification

),

enregistrees as (

    select
        fiches.code_certification,
        fiches.intitule_certification,
        fiches.date_effet,
        fiches.date_fin_enregistrement,
        fiches.est_active,
        certifiees.certificateurs,
        certifiees.siren_certificateurs,
        coalesce(certifiees.est_dispensee, false) as est_dispensee,
        remplacees.remplacee_par

    from fiches
    left join certifiees on fiches.code_certification = certifiees.code_certification
    left join remplacees on fiches.code_certification = remplacees.code_certification

)

select * from enregistrees
