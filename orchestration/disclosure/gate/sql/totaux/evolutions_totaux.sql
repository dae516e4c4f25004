{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
-- Of each cell that is judged: the persons of whom something changed, since the widest period that is told was told
-- before, that rows do not tell, and how much. A row tells what changed in a figure if all of its family told it, both
-- times.
with

familles as (

    select
        num_famille,
        bool_and(duree_est_dite) as duree_est_redite,
        bool_and(montant_est_dit) as montant_est_redit
    from mouvements_totaux
    where num_famille is not null
    group by num_famille

),

personnes as (

    {%- for tableau in tableaux if not tableau.waits %}
    select
        cellules_totaux.numero,
        titulaire,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }}) <> (sens = 1), signe * sens, 0)) as dossiers,
        coalesce(sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and coalesce(duree_est_redite, false)) <> (sens = 1), signe * sens * mouvements.heures, 0)), 0) as heures,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and coalesce(montant_est_redit, false)) <> (sens = 1), signe * sens * mouvements.montant_engage, 0)) as montant
    from mouvements_totaux as mouvements
    left join familles on mouvements.num_famille = familles.num_famille
    inner join cellules_totaux
        on
            cellules_totaux.tableau = '{{ tableau.nom }}'
            and cellules_totaux.est_en_vue
            and date_trunc('{{ pas[tableau.grain] }}', mouvements.cohorte)::date = cellules_totaux.debut
            {%- for colonne in tableau.dimensions %}
            and mouvements.{{ colonne }} = cellules_totaux.{{ colonne }}
            {%- endfor %}
    group by cellules_totaux.numero, titulaire
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select *
from personnes
where dossiers <> 0 or heures <> 0 or montant <> 0
