-- The delta of one month, columns in the order of the contract.
with livraisons as (select * from livraisons where mois_livraison = $mois)

select
    case when not sans_identifiant then printf('D%010d', numero) end as id_dossier,
    printf('T%09d', titulaire) as id_titulaire,
    case when date_impossible then strftime(validation, '%Y-02-30') else validation::varchar end
        as date_validation,
    case when not sans_session then entree end as date_entree,
    case when sorti then sortie end as date_sortie,
    modification as date_derniere_modification,
    statut as statut_dossier,
    case when sans_genre then '' when femme then 'F' else 'H' end as genre,
    naissance as date_naissance,
    code_commune as code_commune_residence,
    case when not sans_residence then residence end as code_departement_residence,
    situation,
    case when sans_csp then null when sans_activite then 'SANS_ACTIVITE'
    else csp(tirage_csp, femme) end as csp,
    case when code_inconnu then 'RS' || (98000 + numero % 1000) else code end as code_certification,
    case when not sans_formacode then formacode end as code_formacode,
    tabulation || siret as siret_of,
    siret || '_' || numero_organisme as numero_formation,
    'S' || (1 + numero % 9) as numero_session,
    code_lieu as code_departement_lieu,
    code_modalite as modalite_presence,
    heures_texte(heures) as nombre_heures,
    euros(case when negatif then -prix else prix end) as prix
from livraisons
order by numero, modification
