-- Entries in the month of the entry; exits of closed dossiers in the month of the exit, if they tell it.
with evenements as (
    select *, entree as jour, 1 as entre, 0 as partielle, 0 as totale from etats
    where entree is not null
    union all by name
    select
        *, sortie as jour, 0 as entre,
        (statut_dossier = 'Clos - Réalisation Partielle')::integer as partielle,
        (statut_dossier = 'Clos - Réalisation Totale')::integer as totale
    from etats
    where
        entree is not null and sortie is not null
        and statut_dossier in ('Clos - Réalisation Partielle', 'Clos - Réalisation Totale')
)

select
    strftime(jour, '%Y-%m') as annee_mois,
    year(jour) as annee,
    month(jour) as mois,
    case when certifications.code_rs <> -1 then 'RS' when certifications.code_rncp <> -1 then 'RNCP' end
        as type_referentiel,
    coalesce(certifications.code_rncp, -1) as code_rncp,
    coalesce(certifications.code_rs, try_cast(replace(code_certification, 'RS', '') as integer), -1) as code_rs,
    -1 as code_certifinfo,
    coalesce(certifications.intitule, 'Certification ' || code_certification) as intitule_certification,
    evenements.siret as siret_of_contractant,
    organismes.denomination as raison_sociale_of_contractant,
    sum(entre)::bigint as entrees_formation,
    sum(partielle)::bigint as sorties_realisation_partielle,
    sum(totale)::bigint as sorties_realisation_totale,
    $jour as date_chargement
from evenements
left join certifications on evenements.code_certification = certifications.code
left join organismes on evenements.siret = organismes.siret
where regexp_full_match(evenements.siret, '[0-9]{14}')
group by all
order by all
