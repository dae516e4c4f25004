-- A row that says that it was brought up to date was changed by enough persons; another one does not say
-- whether anybody changed.
select
    count(*) as examines,
    count_if(
        nouvelles.valeur_du is distinct from avant.valeur_du
        and coalesce(changes.nombre, 0) < {{ seuil }}
    ) as anomalies
from nouvelles
inner join recomptes using (num_ligne)
inner join {{ lignes_avant }} as avant on recomptes.num_famille = avant.num_ligne
left join (
    select
        num_famille,
        count(*) as nombre
    from changements
    group by num_famille
) as changes on recomptes.num_famille = changes.num_famille
