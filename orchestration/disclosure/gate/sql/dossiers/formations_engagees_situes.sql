-- The dossiers behind new rows of the purchases, by the public values of their columns.
select
    membres.num_ligne,
    membres.num_famille,
    membres.titulaire,
    membres.cohorte,
    membres.statut_dossier,
    membres.modalite_presence,
    membres.code_departement_lieu as code_departement_lieu_formation,
    coalesce(departements.code_region, membres.code_departement_lieu) as code_region_lieu_formation,
    membres.code_certification,
    coalesce(certifications.code_nsf_1, 'NR') as code_nsf
from membres
left join coffre.nomenclatures.departements as departements
    on membres.code_departement_lieu = departements.code
left join coffre.intermediate.int_certifications__enrichies as certifications
    on membres.code_certification = certifications.code_certification
