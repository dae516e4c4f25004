-- The dossiers behind new rows, by the public values of their columns.
select
    membres.num_ligne,
    membres.num_famille,
    membres.titulaire,
    membres.cohorte,
    {% include 'dossiers/' ~ court ~ '_situes.sql' %}
