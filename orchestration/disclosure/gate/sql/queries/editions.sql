-- By edition: cohorts, rows, dossiers, rows that tell their amount.
select
    edition,
    count(distinct row({{ dites | join(', ') }})) as cohortes,
    count(*) as lignes,
    sum(nb_dossiers)::bigint as dossiers,
    count(montant_engage) as lignes_avec_montant
from fichier
group by edition
order by edition
