-- No row tells a sensitive status of all those who share all the rest.
{%- set reste = dimensions[1:] %}
with

groupes as (

    select
        cohorte,
        {% for colonne in reste -%}
        {{ colonne }},
        {% endfor -%}
        any_value({{ dimensions[0] }}) as statut
    from situes
    group by cohorte, {{ reste | join(', ') }}
    having count(distinct {{ dimensions[0] }}) = 1

)

select
    count(*) as examines,
    count(sensibles.statut_dossier) as anomalies
from nouvelles
inner join groupes using (cohorte, {{ reste | join(', ') }})
left join coffre.nomenclatures.statuts as sensibles
    on groupes.statut = sensibles.statut_dossier and sensibles.est_sensible
where niveau_diffusion = 1
