{#-
  The columns identify a row: no two alike (nulls equal each other), and none null but those named
  in `nullables`. One query where dbt's own tests would take one per column.
-#}
{% test cle(model, colonnes, nullables=[]) %}

with

lignes as (

    select
        {{ colonnes | join(', ') }},
        count(*) as nb_lignes

    from {{ model }}
    group by all

)

select * from lignes
where
    nb_lignes > 1
    {%- for colonne in colonnes if colonne not in nullables %}
    or {{ colonne }} is null
    {%- endfor %}

{% endtest %}
