{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
{% set mois_du_pas = {"mois": 1, "trimestre": 3, "annee": 12} -%}
{% set nomme_en_partie = "tableau in ('" ~ (tableaux | selectattr("names_in_part") | map(attribute="nom") | join("', '")) ~ "')" -%}
-- The cells of every table, recounted; how many dossiers no row tells of each, and what the file says of it.
with

compteurs as (

    {%- for tableau in tableaux %}
    {%- set cle = ["debut"] + tableau.dimensions | list %}
    select
        '{{ tableau.nom }}' as tableau,
        {{ cle | join(', ') }},
        sum(nb_dossiers) filter (where sens = 1) as nb_dossiers,
        coalesce(any_value(repetitions.nombre), 0) as nb_repetitions,
        sum(nb_dossiers_avec_duree) filter (where sens = 1) as nb_dossiers_avec_duree,
        sum(heures) filter (where sens = 1) as heures,
        sum(montant_engage) filter (where sens = 1) as montant_engage,
        {%- for chiffre, est_dit in {"dossiers": "true", "heures": "duree_est_dite", "montant": "montant_est_dit"}.items() %}
        coalesce(sum(nb_{{ "dossiers_avec_duree" if chiffre == "heures" else "dossiers" }}) filter (where (coalesce(niveau, 99) <= {{ tableau.level }} and {{ est_dit }}) <> (sens = 1)), 0) as nb_{{ chiffre }}_non_dits,
        {%- endfor %}
        count_if(sens = -1) as nb_retraits
    from (select *, date_trunc('{{ pas[tableau.grain] }}', cohorte)::date as debut from sommes_totaux)
    left join (
        select {{ cle | join(', ') }}, sum(nombre - 1) as nombre
        from (
            select date_trunc('{{ pas[tableau.grain] }}', cohorte)::date as debut, {% for c in tableau.dimensions %}{{ c }}, {% endfor %}count(*) as nombre
            from pluriels
            group by {{ cle | join(', ') }}, titulaire
        )
        group by {{ cle | join(', ') }}
    ) as repetitions using ({{ cle | join(', ') }})
    {%- if tableau.waits %}
    where debut + interval {{ mois_du_pas[tableau.grain] + mois_avant_definitif }} month <= (select max(date_extraction)::date + 1 from {{ tables.depots }} where source = 'dossiers')
    {%- endif %}
    group by {{ cle | join(', ') }}
    having count_if(sens = 1) > 0
    {{ 'union all by name' if not loop.last }}
    {%- endfor %}

),

{%- for nom, source in {"dits": "totaux_du_fichier", "dits_avant": "totaux_precedents" if suit else none}.items() if source %}
{{ nom }} as (

    select
        tableau,
        case length(periode)
            when 4 then make_date(periode::integer, 1, 1)
            else if(periode[6] = 'T', make_date(left(periode, 4)::integer, 3 * right(periode, 1)::integer - 2, 1), try_cast(periode || '-01' as date))
        end as debut,
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
    from {{ source }}

),
{%- endfor %}

jugees as (

    select
        compteurs.*,
        dits.* exclude (tableau, debut, {{ (dimensions + tirees) | join(', ') }}),
        {%- if suit %}
        avant.dossiers_dits as dossiers_avant,
        avant.duree_dite as duree_avant,
        avant.tableau is not null as etait_la,
        avant.tableau is not null
        and avant.dossiers_dits is not distinct from dits.dossiers_dits
        and avant.titulaires_dits is not distinct from dits.titulaires_dits
        and avant.montant_dit is not distinct from dits.montant_dit
        and avant.duree_dite is not distinct from dits.duree_dite
        and avant.prix_dit is not distinct from dits.prix_dit
        and avant.valeur_du is not distinct from dits.valeur_du as est_gardee,
        {%- else %}
        null as dossiers_avant,
        null as duree_avant,
        false as etait_la,
        false as est_gardee,
        {%- endif %}
        dits.dossiers_dits = compteurs.nb_dossiers
        and dits.titulaires_dits = compteurs.nb_dossiers - compteurs.nb_repetitions as dossiers_egaux,
        dits.montant_dit = compteurs.montant_engage as montant_egaux,
        abs(10 * dits.duree_dite - compteurs.heures / compteurs.nb_dossiers_avec_duree) <= 0.501 as heures_egaux,
        dossiers_egaux
        and montant_egaux
        and abs(dits.prix_dit - compteurs.montant_engage / compteurs.nb_dossiers) <= 0.501
        and coalesce(heures_egaux, true)
        as est_exacte
    from compteurs
    left join dits
        on
            compteurs.tableau = dits.tableau
            and compteurs.debut = dits.debut
            {%- for colonne in dimensions + tirees %}
            and coalesce(compteurs.{{ colonne }}, 'ENSEMBLE') = dits.{{ colonne }}
            {%- endfor %}
    {%- if suit %}
    left join dits_avant as avant
        on
            compteurs.tableau = avant.tableau
            and compteurs.debut = avant.debut
            {%- for colonne in dimensions + tirees %}
            and coalesce(compteurs.{{ colonne }}, 'ENSEMBLE') = avant.{{ colonne }}
            {%- endfor %}
    {%- endif %}

)

select
    row_number() over () as numero,
    *,
    coalesce(est_exacte, false) as est_connue,
    coalesce(est_exacte, false) and dossiers_avant is not null and not est_gardee as est_redite
from jugees
