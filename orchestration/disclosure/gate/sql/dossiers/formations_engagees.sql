-- The dossiers of the purchases, each with its cell: by what the public columns mean.
select
    cellules.numeros[1] as numero,
    dossiers.rang,
    dossiers.titulaire,
    (100 * dossiers.montant_engage)::bigint as engage,
    (100 * dossiers.montant_titulaire)::bigint as montant_titulaire
from (
    select
        *,
        rowid as rang
    from {{ tables.dossiers }}
) as dossiers
inner join coffre.nomenclatures.modalites as modalites on dossiers.code_modalite = modalites.code
inner join {{ tables.cellules }} as cellules
    on
        (cellules.mois_validation || '-01')::date = date_trunc('month', dossiers.date_validation)
        and dossiers.code_certification = cellules.code_certification
        and dossiers.code_departement_lieu = cellules.code_departement_lieu_formation
        and dossiers.statut_dossier = cellules.statut_dossier
        and modalites.libelle = cellules.modalite_presence
where {{ population }}
