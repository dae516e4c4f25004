-- A row says of its dossiers what they are.
select
    count(*) as examines,
    count_if(
        nouvelles.num_ligne is null
        or nouvelles.cohorte <> situes.cohorte
        {%- for colonne in dimensions %}
        or nouvelles.{{ colonne }} not in ('REGROUPE', situes.{{ colonne }})
        {%- endfor %}
    ) as anomalies
from situes
left join nouvelles using (num_ligne)
