-- One row by dossier, a column by financer.
select
    id_dossier,
    sum(montant) filter (where code_financeur = 'TITULAIRE') as montant_titulaire,
    sum(montant) filter (where code_financeur = 'RESTE_A_CHARGE') as montant_reste_a_charge,
    sum(montant) filter (where code_financeur = 'EMPLOYEUR') as montant_employeur,
    sum(montant) filter (where code_financeur = 'FRANCE_TRAVAIL') as montant_france_travail,
    sum(montant) filter (where code_financeur = 'OPCO') as montant_opco,
    sum(montant) filter (where code_financeur = 'REGION') as montant_region,
    sum(montant) filter (where code_financeur = 'AGEFIPH') as montant_agefiph,
    sum(montant) filter (where code_financeur = 'TRANSITIONS_PRO') as montant_transitions_pro,
    sum(montant) filter (where code_financeur = 'AUTRE') as montant_autre
from financements
group by id_dossier
