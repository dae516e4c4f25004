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
    {%- if suivis %}
    union all by name
    select
        suivis.num_famille,
        null as numero,
        suivis.id_dossier,
        suivis.titulaire,
        suivis.cohorte,
        {% for colonne in colonnes -%}
        suivis.{{ colonne }},
        {% endfor -%}
        {% for colonne in fines -%}
        coalesce(actuels.{{ colonne }}, suivis.{{ colonne }}) as {{ colonne }},
        {% endfor -%}
        {{ etat('suivis', 'heures') }},
        (100 * suivis.participation)::bigint as participation
    from {{ suivis }} as suivis
    semi join (select num_famille from {{ tables.suites }} where suite = 'figee') as figees
        on suivis.num_famille = figees.num_famille
    left join actuels on suivis.id_dossier = actuels.id_dossier
    {%- endif %}

)

select
    coalesce(detail.num_ligne, etats.num_famille) as num_ligne,
    etats.*
from etats
left join {{ tables.detail }} as detail
    on etats.num_famille = detail.num_famille
    {%- for colonne in fines %}
    and etats.{{ colonne }} = detail.{{ colonne }}
    {%- endfor %}
