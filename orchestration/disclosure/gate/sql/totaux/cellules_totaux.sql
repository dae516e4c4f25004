{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
{% set mois_du_pas = {"mois": 1, "trimestre": 3, "annee": 12} -%}
-- The cells of every period that is told, recounted; how many dossiers no row tells of each, and what the file says
-- of it. Those to be judged (`est_en_vue`) come first: what was told before, and stays, was judged then.
with

compteurs as (

    {%- for tableau in tableaux %}
    {%- set cle = ["debut"] + tableau.dimensions | list %}
    select
        '{{ tableau.nom }}' as tableau,
        {{ cle | join(', ') }},
        any_value(se_dit) as se_dit,
        any_value(est_en_vue) as est_en_vue,
        coalesce(sum(nb_dossiers) filter (where sens = 1), 0) as nb_dossiers,
        coalesce(any_value(repetitions.nombre), 0) as nb_repetitions,
        sum(nb_dossiers_avec_duree) filter (where sens = 1) as nb_dossiers_avec_duree,
        sum(heures) filter (where sens = 1) as heures,
        sum(montant_engage) filter (where sens = 1) as montant_engage,
        {%- for chiffre, est_dit in {"dossiers": "true", "heures": "duree_est_dite", "montant": "montant_est_dit"}.items() %}
        coalesce(sum(nb_{{ "dossiers_avec_duree" if chiffre == "heures" else "dossiers" }}) filter (where (coalesce(niveau, 99) <= {{ tableau.level }} and {{ est_dit }}) <> (sens = 1)), 0) as nb_{{ chiffre }}_non_dits,
        {%- endfor %}
        count_if(sens = -1) as nb_retraits
    from (select *, date_trunc('{{ pas[tableau.grain] }}', cohorte)::date as debut from sommes_totaux)
    inner join (
        select distinct
            debut,
            se_dit,
            est_en_vue
        from periodes_totaux
        where grain = '{{ tableau.grain }}' and (se_dit or dite_le is not null)
    ) as periodes using (debut)
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
    {{ 'union all by name' if not loop.last }}
    {%- endfor %}

),

jugees as (

    select
        compteurs.*,
        dits.* exclude (tableau, grain, debut, {{ (dimensions + tirees) | join(', ') }}),
        {%- if suit %}
        avant.dossiers_dits as dossiers_avant,
        avant.duree_dite as duree_avant,
        avant.tableau is not null as etait_la,
        coalesce(registre.est_a_jour, false) as etait_a_jour,
        registre.fut_a_jour,
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
        false as etait_a_jour,
        null::boolean as fut_a_jour,
        false as est_gardee,
        {%- endif %}
        compteurs.nb_dossiers - compteurs.nb_repetitions as titulaires,
        dits.dossiers_dits = compteurs.nb_dossiers and dits.titulaires_dits = titulaires as dossiers_egaux,
        dits.montant_dit = compteurs.montant_engage as montant_egaux,
        abs(10 * dits.duree_dite - compteurs.heures / compteurs.nb_dossiers_avec_duree) <= 0.501 as heures_egaux,
        dossiers_egaux
        and montant_egaux
        and abs(dits.prix_dit - compteurs.montant_engage / compteurs.nb_dossiers) <= 0.501
        and coalesce(heures_egaux, true)
        as est_exacte,
        dits.tableau is null and compteurs.nb_dossiers = 0 as est_absente
    from compteurs
    left join totaux_dits as dits
        on
            compteurs.tableau = dits.tableau
            and compteurs.debut = dits.debut
            {%- for colonne in dimensions + tirees %}
            and coalesce(compteurs.{{ colonne }}, 'ENSEMBLE') = dits.{{ colonne }}
            {%- endfor %}
    {%- if suit %}
    left join totaux_dits_avant as avant
        on
            compteurs.tableau = avant.tableau
            and compteurs.debut = avant.debut
            {%- for colonne in dimensions + tirees %}
            and coalesce(compteurs.{{ colonne }}, 'ENSEMBLE') = avant.{{ colonne }}
            {%- endfor %}
    left join {{ totaux_avant }} as registre
        on
            compteurs.tableau = registre.tableau
            and compteurs.debut = registre.debut
            {%- for colonne in dimensions + tirees %}
            and compteurs.{{ colonne }} is not distinct from registre.{{ colonne }}
            {%- endfor %}
    {%- endif %}
    where compteurs.nb_dossiers > 0{% if suit %} or avant.tableau is not null{% endif %}

)

select
    row_number() over (order by not est_en_vue) as numero,
    *,
    coalesce(est_exacte, false) as est_connue,
    coalesce(est_exacte, false) and dossiers_avant is not null and not est_gardee as est_redite
from jugees
