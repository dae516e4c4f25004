{% set nomme_en_partie = "tableau in ('" ~ (tableaux | selectattr("names_in_part") | map(attribute="nom") | join("', '")) ~ "')" -%}
-- What a file of totals says of each cell. Amounts in cents.
select
    tableau,
    case length(periode)
        when 4 then make_date(periode::integer, 1, 1)
        else if(periode[6] = 'T', make_date(left(periode, 4)::integer, 3 * right(periode, 1)::integer - 2, 1), try_cast(periode || '-01' as date))
    end as debut,
    case length(periode) when 4 then 'annee' else if(periode[6] = 'T', 'trimestre', 'mois') end as grain,
    {% for colonne in dimensions + tirees -%}
    {%- if colonne in lieux %}
    coalesce({{ colonne }}, 'A_DISTANCE') as {{ colonne }},
    {%- elif colonne == 'type_referentiel' %}
    coalesce({{ colonne }}, 'AUCUN') as {{ colonne }},
    {%- elif colonne in en_partie %}
    if({{ nomme_en_partie }}, {{ en_partie[colonne] }}, 'ENSEMBLE') as {{ colonne }},
    {%- elif colonne in en_partie.values() %}
    if({{ nomme_en_partie }}, 'ENSEMBLE', {{ colonne }}) as {{ colonne }},
    {%- else %}
    {{ colonne }},
    {%- endif %}
    {% endfor -%}
    diffusion,
    valeur_du,
    nb_dossiers as dossiers_dits,
    nb_titulaires as titulaires_dits,
    (100 * montant_engage)::bigint as montant_dit,
    duree_moyenne::decimal(8, 1) as duree_dite,
    (100 * prix_moyen)::bigint as prix_dit,
    {% for montant in dicibles[1:] -%}
    (100 * {{ montant }})::bigint as {{ montant }}_dit,
    {% endfor -%}
    montants_par_financeur
from {{ lus }}
