-- The dossiers behind new rows, by the public values of their columns.
{% from 'dossiers/' ~ court ~ '.sql' import situes with context -%}
select
    membres.num_ligne,
    membres.num_famille,
    membres.titulaire,
    membres.cohorte,
    {{ situes() }}
