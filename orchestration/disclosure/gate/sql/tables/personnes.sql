-- By row and person: what each has a part of.
select
    num_ligne,
    num_famille,
    titulaire,
    count(*) as nb_dossiers,
    count(heures) as nb_dossiers_avec_duree,
    coalesce(sum(heures), 0)::bigint as heures,
    sum(montant_engage)::bigint as montant_engage,
    {% for montant in montants -%}
    sum({{ montant }})::bigint as {{ montant }},
    {% endfor -%}
    sum(montant_titulaire + montant_reste_a_charge)::bigint as montant_personne,
    sum(participation)::bigint as participation,
    sum(montant_reste_a_charge - participation)::bigint as supplement
from membres
group by all
