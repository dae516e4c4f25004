-- The dossiers of the users, each with its cell: by what the public columns mean.
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
inner join coffre.nomenclatures.statuts as statuts using (statut_dossier)
left join coffre.nomenclatures.csp as csp
    on csp.code = if(dossiers.code_situation = 'DEMANDEUR_EMPLOI', 'DEMANDEUR_EMPLOI', dossiers.code_csp)
inner join {{ tables.cellules }} as cellules
    on
        make_date(
            left(cellules.trimestre_entree, 4)::integer,
            right(cellules.trimestre_entree, 1)::integer * 3 - 2,
            1
        ) = date_trunc('quarter', dossiers.date_entree)
        and dossiers.code_departement_residence = cellules.code_departement_residence
        and case dossiers.code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end
        = cellules.genre
        and coalesce(dossiers.tranche_age, 'Non renseigné') = cellules.tranche_age
        and coalesce(csp.libelle, 'Sans activité ou non renseignée') = cellules.csp
        and statuts.statut_usager = cellules.statut
where {{ population }}
