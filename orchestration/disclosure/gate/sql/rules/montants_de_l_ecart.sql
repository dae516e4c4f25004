select
    count(*) as examines,
    count_if(nombre between 1 and {{ seuil - 1 }}) as anomalies
from (
    {% for montant in montants_dits %}
    select count(distinct titulaire) as nombre
    from ecartes
    where {{ montant }} <> 0
    union all
    {% endfor %}
    select 0 as nombre
    where false
)
