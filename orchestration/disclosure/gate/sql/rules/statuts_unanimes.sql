-- No row tells a sensitive status of all those who share, in its family, all the rest.
{%- set reste = dimensions[1:] %}
with

sensibles as (

    select
        nouvelles.num_ligne,
        recomptes.num_famille,
        {% for colonne in reste -%}
        nouvelles.{{ colonne }},
        {% endfor -%}
        nouvelles.{{ dimensions[0] }}
    from nouvelles
    inner join recomptes on nouvelles.num_ligne = recomptes.num_ligne
    where
        nouvelles.niveau_diffusion = 1
        and nouvelles.{{ dimensions[0] }} in (
            select statut_dossier
            from coffre.nomenclatures.statuts
            where est_sensible
        )

),

unanimes as (

    select sensibles.num_ligne
    from sensibles
    inner join situes using (num_famille, {{ reste | join(', ') }})
    group by sensibles.num_ligne
    having count_if(situes.{{ dimensions[0] }} <> sensibles.{{ dimensions[0] }}) = 0

)

select
    (select count(*) from sensibles) as examines,
    (select count(*) from unanimes) as anomalies
