-- The parts that are not both told are, all together, the rest of the whole.
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
    {% if montants_tus %}
    select count(distinct titulaire) as nombre
    from ecartes
    where {{ montants_tus | join(' <> 0 or ') }} <> 0
    {% else %}
    select 0 as nombre
    where false
    {% endif %}
)
