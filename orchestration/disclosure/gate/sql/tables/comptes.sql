-- The dossiers of today that a dataset may count in a row of its file.
{% from 'dossiers/' ~ court ~ '.sql' import actuels with context -%}
select dossiers.numero
from ({{ actuels() }}) as dossiers
where {{ ecrites[dites[0]] }} in (select {{ dites[0] }} from coffre.marts.{{ jeu }})
