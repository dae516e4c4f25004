-- The dossiers of a dataset as they are today.
{% include 'dossiers/' ~ court ~ '.sql' %}
