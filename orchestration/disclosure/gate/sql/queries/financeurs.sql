-- The euros of each financer told by rows, and by rows of ventilation; in the order of the columns.
select * exclude (rang)
from (
    {% for montant in montants %}
    select
        {{ loop.index }} as rang,
        '{{ montant }}' as colonne,
        coalesce(sum({{ montant }}) filter (where niveau_diffusion <= {{ gardees | length }}), 0)::varchar
            as par_lignes,
        coalesce(sum({{ montant }}) filter (where niveau_diffusion > {{ gardees | length }}), 0)::varchar
            as par_ventilation
    from fichier
    {{ 'union all' if not loop.last }}
    {% endfor %}
)
order by rang
