-- The dossiers of a dataset as they are today.
{% from 'dossiers/' ~ court ~ '.sql' import actuels with context -%}
{{ actuels() }}
