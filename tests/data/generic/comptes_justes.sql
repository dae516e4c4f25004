{#- Of each source, what has landed is kept, superseded by a newer version or set aside: nothing is lost. -#}
{% test comptes_justes(model) %}

select
    source,
    sum(case indicateur when 'atterris' then valeur else -valeur end) as ecart
from {{ model }}
where indicateur in ('atterris', 'retenus', 'remplaces', 'ecartes')
group by source
having ecart <> 0

{% endtest %}
