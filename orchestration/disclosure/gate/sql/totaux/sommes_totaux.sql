-- The same, put together by all that totals are broken down by.
select
    cohorte,
    {{ (dimensions + tirees) | join(', ') }},
    sens,
    niveau,
    duree_est_dite,
    montant_est_dit,
    count(*) as nb_dossiers,
    count(heures) as nb_dossiers_avec_duree,
    coalesce(sum(heures), 0) as heures,
    sum(montant_engage) as montant_engage
from comptes_totaux
group by all
{%- if suit %}
-- (and where there was something)
union all by name
select distinct
    cohorte,
    {{ (dimensions + tirees) | join(', ') }},
    0 as sens,
    false as duree_est_dite,
    false as montant_est_dit
from mouvements_totaux
where signe = -1
{%- endif %}
