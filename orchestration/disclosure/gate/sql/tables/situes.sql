-- The dossiers behind new rows, by the public values of their columns.
{% include 'dossiers/' ~ court ~ '_situes.sql' %}
