-- The groups of the rows where some person is in two cells, and how many persons they really have.
select
    groupe_{{ niveau }} as groupe,
    count(distinct titulaire) as personnes
from arbres
inner join dossiers using (numero)
semi join (
    select num_ligne
    from arbres
    inner join lignes using (num_ligne)
    group by num_ligne
    having sum(personnes) > any_value(nb_titulaires)
) using (num_ligne)
group by groupe
