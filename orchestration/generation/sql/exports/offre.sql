-- One row by certifying training and département, for certifications that have an open session.
with mesures as (
    select
        ligne,
        count(*)::integer as nb_action,
        sum(ouvertes)::integer as nb_session_active,
        min(prix) as prix_min,
        max(prix) as prix_max,
        cast(avg(prix) as decimal(12, 2)) as prix_mean
    from actions
    group by ligne
),

vendues as (
    select distinct formations.certification
    from actions
    inner join lignes using (ligne)
    inner join formations using (formation)
    where actions.ouvertes > 0
),

-- As the publisher has them, a little more often so that a small demo has some: a place whose code has no
-- name, and a certification that is no longer active in the catalogue, hence without type or code.
certifications_vues as (
    select
        *,
        rang % 60 = 17 as inactive
    from certifications
)

select
    $jour as date_chargement,
    organismes.denomination as nom_of,
    if(lignes.ligne % 997 <> 7, lieux.nom, null) as nom_departement,
    if(lignes.ligne % 997 <> 7, lieux.region, null) as nom_region,
    case when not certifications.inactive then if(certifications.code_rs <> -1, 'RS', 'RNCP') end as type_referentiel,
    if(certifications.inactive, -1, certifications.code_rs) as code_rs,
    if(certifications.inactive, -1, certifications.code_rncp) as code_rncp,
    certifications.intitule as intitule_certification,
    if(certifications.code_rncp <> -1, certifications.niveau, null) as libelle_niveau_sortie_formation,
    certifications.code_formacode_1,
    certifications.code_formacode_2,
    certifications.code_formacode_3,
    certifications.code_formacode_4,
    certifications.code_formacode_5,
    certifications.formacode as libelle_code_formacode_principal,
    certifications.code_rome_1,
    certifications.code_rome_2,
    certifications.code_rome_3,
    certifications.code_rome_4,
    certifications.code_rome_5,
    certifications.domaine as libelle_nsf_1,
    null as libelle_nsf_2,
    null as libelle_nsf_3,
    certifications.nsf as code_nsf_1,
    null as code_nsf_2,
    null as code_nsf_3,
    -1 as code_certifinfo,
    organismes.siret as siret_of,
    organismes.siret || '_' || formations.numero as numero_formation,
    certifications.intitule as intitule_formation,
    null as points_forts,
    null as objectif_formation,
    null as contenu_formation,
    null as resultats_attendus_formation,
    mesures.nb_action,
    mesures.nb_session_active,
    if(lignes.departement is null, mesures.nb_session_active, 0) as nb_session_a_distance,
    formations.heures as nombre_heures_total_min,
    formations.heures as nombre_heures_total_max,
    formations.heures as nombre_heures_total_mean,
    mesures.prix_min as frais_ttc_tot_min,
    mesures.prix_max as frais_ttc_tot_max,
    mesures.prix_mean as frais_ttc_tot_mean,
    lignes.departement as code_departement,
    lieux.code_region,
    mesures.nb_action * formations.heures as nbaction_nbheures,
    lieux.code_region as coderegion_export
from lignes
inner join mesures using (ligne)
inner join formations using (formation)
inner join vendues using (certification)
inner join certifications_vues as certifications on formations.certification = certifications.rang
inner join organismes on formations.organisme = organismes.rang
left join lieux on lignes.departement = lieux.code
where not certifications.exception
order by numero_formation, code_departement
