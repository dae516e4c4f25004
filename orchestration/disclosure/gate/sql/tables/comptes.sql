-- The dossiers of today that a dataset may count in a row of its file.
{% from 'dossiers/' ~ court ~ '.sql' import actuels with context -%}
{%- if compteurs %}
-- (Of one of counters, by its first: a dossier is there once by counter.)
select dossiers.numero // {{ compteurs | length }} as numero
from ({{ actuels() }}) as dossiers
where
    {{ ecrites.compteur }} = '{{ compteurs[0] }}'
    and {{ ecrites[dites[0]] }} in (
        select {{ dites[0] }}
        from coffre.marts.{{ jeu }}
        where {{ compteurs[0] }} is not null
    )
{%- else %}
select dossiers.numero
from ({{ actuels() }}) as dossiers
where {{ ecrites[dites[0]] }} in (select {{ dites[0] }} from coffre.marts.{{ jeu }})
{%- endif %}
