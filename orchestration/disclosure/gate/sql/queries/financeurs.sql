-- The euros of each part that rows tell, in the order of the columns, and how many rows tell it.
select * exclude (rang)
from (
    {% for montant in ['montant_personne'] + montants %}
    select
        {{ loop.index }} as rang,
        '{{ montant }}' as colonne,
        coalesce(sum({{ montant }}), 0)::varchar as euros,
        count({{ montant }}) as lignes
    from fichier
    {{ 'union all' if not loop.last }}
    {% endfor %}
)
order by rang
