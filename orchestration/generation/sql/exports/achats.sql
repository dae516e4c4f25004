-- All that was validated, whatever became of it; the publisher masks nothing.
select
    strftime(validation, '%Y-%m') as date_validation,
    year(validation) as annee_validation,
    case when certifications.code_rs <> -1 then 'RS' when certifications.code_rncp <> -1 then 'RNCP' end
        as type_referentiel,
    coalesce(certifications.code_rs, try_cast(replace(code_certification, 'RS', '') as integer), -1) as code_rs,
    coalesce(certifications.code_rncp, -1) as code_rncp,
    coalesce(certifications.intitule, 'Certification ' || code_certification) as intitule_certification,
    certifications.domaine as domaine_formation_nsf,
    certifications.formacode as libelle_formacode_principal,
    case modalite_presence
        when 'PRESENTIEL' then 'Formation en présentiel'
        when 'A_DISTANCE' then 'Formation à distance'
        else 'Formation mixte'
    end as modalite_presence,
    lieux.region as region_lieu_formation,
    lieux.nom as departement_lieu_formation,
    statut_dossier,
    count(*) as nb_dossiers,
    count(distinct id_titulaire) as nb_titulaires,
    cast(sum(prix) / count(*) as decimal(12, 2)) as prix_moyen,
    cast(round(avg(heures)) as integer) as duree_moyenne,
    sum(prix) as montant_engage,
    sum(montant_titulaire) as montant_engage_titulaire,
    sum(montant_reste_a_charge) as reste_a_charge_titulaire,
    sum(montant_employeur) as montant_engage_employeur,
    sum(montant_france_travail) as montant_engage_france_travail,
    sum(montant_opco) as montant_engage_opco,
    sum(montant_region) as montant_engage_region,
    sum(montant_agefiph) as montant_engage_agefiph,
    sum(montant_transitions_pro) as montant_engage_transitions_pro,
    sum(montant_autre) as montant_engage_autre,
    $jour as date_chargement
from etats
left join montants using (id_dossier)
left join certifications on etats.code_certification = certifications.code
left join lieux on etats.code_departement_lieu = lieux.code
where modalite_presence is not null
group by all
order by all
