-- The delta of one month, as text, with the planted defects.
with versions as (select * from versions where mois_livraison = $mois),

sales as (
    select
        *,
        numero::bigint * 16 + statut as version,
        tirage(numero::bigint * 16 + statut, 50) as tirage_rejet,
        tirage(numero, 51) as tirage_code,
    from versions
)

select
    case when tirage_rejet < taux_identifiant_absent() then null
    else printf('D%010d', numero) end as id_dossier,
    printf('T%09d', titulaire) as id_titulaire,
    case
        when tirage_rejet > 1 - taux_date_invalide() then strftime(validation, '%Y-02-30')
        else validation::varchar
    end as date_validation,
    case when statut in (8, 9) then null else entree end as date_entree,
    case when statut in (3, 4, 5) then sortie end as date_sortie,
    modification as date_derniere_modification,
    statuts.libelle as statut_dossier,
    case
        when tirage(numero, 52) < taux_genre_vide() then ''
        when femme then 'F' else 'H'
    end as genre,
    naissance as date_naissance,
    code_commune(departements.code, departements.code_commune, commune) as code_commune_residence,
    case when tirage(titulaire, 53) >= taux_residence_vide() then departements.code end
        as code_departement_residence,
    situations.code as situation,
    case
        when tirage(titulaire, 54) < taux_csp_vide() then null
        when situation = 1 and tirage(titulaire, 55) < 0.3 then 'SANS_ACTIVITE'
        else csp(tirage_csp, femme)
    end as csp,
    case
        when tirage_code < taux_certification_inconnue()
            then 'RS' || (98000 + floor(tirage(numero, 56) * 1000)::integer)
        else certifications.code
    end as code_certification,
    case when tirage(numero, 57) >= taux_formacode_vide() then certifications.formacode end
        as code_formacode,
    case when tirage(version, 58) < taux_tabulation() then chr(9) else '' end
    || organismes.siret as siret_of,
    organismes.siret || '_' || coalesce(
        offres.numero_organisme, certifications.code || '-' || (certification + organisme) % 7
    ) as numero_formation,
    'S' || (1 + numero % 9) as numero_session,
    lieux.code as code_departement_lieu,
    modalites.code as modalite_presence,
    sales.heures as nombre_heures,
    case when tirage(version, 59) < taux_prix_negatif() then -sales.prix else sales.prix end::decimal(12, 0)
    * 0.01::decimal(3, 2) as prix,
from sales
inner join statuts on sales.statut = statuts.rang
inner join departements on sales.departement = departements.rang
inner join certifications using (certification)
inner join organismes using (organisme)
inner join modalites on sales.modalite = modalites.rang
left join situations on sales.situation = situations.rang
left join offres using (offre)
left join departements as lieux on sales.lieu = lieux.rang
-- An exact duplicate is the same version delivered twice.
cross join generate_series(0, (tirage(version, 60) < taux_doublon_dossier())::integer) as copies(copie)
order by numero, modification, copie
