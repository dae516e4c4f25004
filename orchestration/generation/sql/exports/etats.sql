-- The last delivered state of each dossier, as the publisher counts it.
select
    id_dossier,
    id_titulaire,
    try_cast(date_validation as date) as validation,
    -- Nobody enters what is cancelled; a planned entry is none yet.
    case
        when
            statut_dossier in (
                'Entrée en formation', 'Sortie de formation', 'Clos - Réalisation Totale',
                'Clos - Réalisation Partielle'
            )
            then try_cast(date_entree as date)
    end as entree,
    try_cast(date_sortie as date) as sortie,
    statut_dossier,
    case genre when 'F' then 'Femme' when 'H' then 'Homme' end as genre,
    date_diff('year', try_cast(date_naissance as date), try_cast(date_validation as date)) as age,
    code_departement_residence,
    case when situation = 'DEMANDEUR_EMPLOI' then 'Demandeur d''emploi' else csps.libelle end as csp,
    code_certification,
    trim(siret_of, chr(9)) as siret,
    code_departement_lieu,
    modalite_presence,
    try_cast(nombre_heures as decimal(8, 2)) as heures,
    try_cast(prix as decimal(12, 2)) as prix
from read_csv($dossiers, delim = ';', header = true, all_varchar = true) as dossiers
left join csps on dossiers.csp = csps.code
where try_cast(date_validation as date) is not null and try_cast(prix as decimal(12, 2)) >= 0
qualify row_number() over (
    partition by id_dossier order by date_derniere_modification desc, statut_dossier desc
) = 1
