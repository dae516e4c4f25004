-- The dossiers behind new rows of the users, by the public values of their columns.
select
    membres.num_ligne,
    membres.num_famille,
    membres.titulaire,
    membres.cohorte,
    membres.csp,
    membres.statut,
    coalesce(membres.tranche_age, 'Non renseigné') as tranche_age,
    case membres.code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end as genre,
    membres.code_departement_residence,
    coalesce(departements.code_region, membres.code_departement_residence) as code_region_residence
from membres
left join coffre.nomenclatures.departements as departements
    on membres.code_departement_residence = departements.code
