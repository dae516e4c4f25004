{% from 'macros.sql' import etat with context -%}
-- The dossiers behind each row that this version adds, in the state in which it tells them: that of today,
-- or that of the provisional edition where its row stays as it was.
with

etats as (

    select
        familles.num_famille,
        actuels.*
    from {{ tables.familles }} as familles
    inner join actuels on familles.numero = actuels.numero
    {%- if suivis_avant %}
    union all by name
    select
        avant.num_famille,
        null as numero,
        avant.id_dossier,
        avant.titulaire,
        avant.cohorte,
        {% for colonne in colonnes -%}
        avant.{{ colonne }},
        {% endfor -%}
        {% for colonne in fines -%}
        coalesce(actuels.{{ colonne }}, avant.{{ colonne }}) as {{ colonne }},
        {% endfor -%}
        {{ etat('avant', 'heures') }},
        (100 * avant.participation)::bigint as participation
    from {{ suivis_avant }} as avant
    semi join (
        select num_famille
        from {{ tables.suites }}
        where suite = 'figee'
    ) as figees on avant.num_famille = figees.num_famille
    left join actuels on avant.id_dossier = actuels.id_dossier
    {%- endif %}

)

select
    coalesce(detail.num_ligne, etats.num_famille) as num_ligne,
    etats.*
from etats
left join {{ tables.divisions }} as detail
    on
        etats.num_famille = detail.num_famille
        {%- for colonne in fines %}
        and etats.{{ colonne }} = detail.{{ colonne }}
        {%- endfor %}
