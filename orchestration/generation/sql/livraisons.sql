-- One row per line of the dossiers' files: codes in text, planted defects marked.
with versions as (select * from versions),

-- An exact duplicate is the same version delivered twice.
lignes as (
    from versions
    union all
    from versions where tirage(version, 50) < taux_doublon_dossier()
),

defauts as (
    select
        *,
        tirage(version, 51) < taux_identifiant_absent() as sans_identifiant,
        tirage(version, 52) < taux_date_invalide() as date_impossible,
        tirage(version, 53) < taux_prix_negatif() as negatif,
        case when tirage(version, 54) < taux_tabulation() then chr(9) else '' end as tabulation,
        tirage(numero, 55) < taux_genre_vide() as sans_genre,
        tirage(titulaire, 46) < taux_residence_vide() as sans_residence,
        tirage(titulaire, 47) < taux_csp_vide() as sans_csp,
        situation = 1 and tirage(titulaire, 48) < 0.3 as sans_activite,
        tirage(numero, 56) < taux_certification_inconnue() as code_inconnu,
        tirage(numero, 57) < taux_formacode_vide() as sans_formacode
    from lignes
)

select
    defauts.* exclude (statut, situation),
    statuts.code as statut,
    situations.code as situation,
    modalites.code as code_modalite,
    -- Some live where no département is: overseas, or abroad.
    case
        when tirage(titulaire, 49) < taux_residence_lointaine()
            then list_extract(lieux_lointains(), 1 + (titulaire % len(lieux_lointains()))::integer)
        else departements.code
    end as residence,
    case
        when tirage(titulaire, 49) >= taux_residence_lointaine()
            then code_commune(departements.code, departements.code_commune, commune)
    end as code_commune,
    lieux.code as code_lieu,
    -- A training belongs to one establishment of its body; who buys one that is no longer offered, to any.
    case
        when defauts.validation < demenagement() and organismes.ancien_siret is not null
            then organismes.ancien_siret
        else organismes.sirets[1 + coalesce(offres.etablissement, defauts.numero) % len(organismes.sirets)]
    end as siret,
    -- A certification that has ended and was replaced is still sold, now and then, under its old code.
    case
        when
            defauts.validation > fin_des_anciennes() and certifications.ancien_code is not null
            and tirage(defauts.numero, 58) < taux_ancienne_certification()
            then certifications.ancien_code
        else certifications.code
    end as code,
    certifications.formacode,
    defauts.statut >= 8 as sans_session,
    defauts.statut between 3 and 5 as sorti,
    coalesce(
        offres.numero_organisme,
        certifications.code || '-' || (defauts.certification + defauts.organisme) % 7
    ) as numero_organisme
from defauts
inner join statuts on defauts.statut = statuts.rang
inner join departements on defauts.departement = departements.rang
inner join certifications on defauts.certification = certifications.certification
inner join organismes on defauts.organisme = organismes.organisme
inner join modalites on defauts.modalite = modalites.rang
left join situations on defauts.situation = situations.rang
left join offres on defauts.offre = offres.offre
left join departements as lieux on defauts.lieu = lieux.rang
