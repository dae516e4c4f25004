{#-
  Of a cohort published for the first time, each dossier is behind one row, or none is (`model`: the
  families of a dataset, a dossier a line).
-#}
{% test cohortes_entieres(model, dossiers, editions) %}

with

comptes as (

    select
        dossiers.cohorte,
        count(*) as nb_dossiers,
        count(familles.numero) as nb_places

    from {{ dossiers }} as dossiers
    inner join {{ editions }} as editions on dossiers.cohorte = editions.cohorte
    left join {{ model }} as familles on dossiers.numero = familles.numero
    where not editions.est_suivie
    group by dossiers.cohorte

)

select * from comptes
where nb_places not in (0, nb_dossiers)

{% endtest %}
