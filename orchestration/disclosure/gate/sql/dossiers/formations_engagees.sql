-- The dossiers of the purchases, each with its cell: by what the public columns mean.
select
    cellules.numeros[1] as numero,
    dossiers.rang,
    dossiers.titulaire,
    (100 * dossiers.montant_engage)::bigint as engage,
    (100 * dossiers.montant_titulaire)::bigint as montant_titulaire
from (select *, rowid as rang from {{ tables.dossiers }}) as dossiers
inner join coffre.nomenclatures.modalites as modalites on modalites.code = dossiers.code_modalite
inner join {{ tables.cellules }} as cellules
    on
        cast(cellules.mois_validation || '-01' as date) = date_trunc('month', dossiers.date_validation)
        and cellules.code_certification = dossiers.code_certification
        and cellules.code_departement_lieu_formation = dossiers.code_departement_lieu
        and cellules.statut_dossier = dossiers.statut_dossier
        and cellules.modalite_presence = modalites.libelle
where {{ population }}
