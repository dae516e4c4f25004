{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
-- Of each cell of which rows leave few dossiers, or tell some that are no longer so: the persons of
-- whom something is left, and how much.
with

personnes as (

    {%- for tableau in tableaux %}
    select
        cellules_totaux.numero,
        titulaire,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }}) <> (sens = 1), sens, 0)) as dossiers,
        coalesce(sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and duree_est_dite) <> (sens = 1), sens * comptes.heures, 0)), 0) as heures,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and montant_est_dit) <> (sens = 1), sens * comptes.montant_engage, 0)) as montant
    from comptes_totaux as comptes
    inner join cellules_totaux
        on
            cellules_totaux.tableau = '{{ tableau.nom }}'
            and date_trunc('{{ pas[tableau.grain] }}', comptes.cohorte)::date = cellules_totaux.debut
            {%- for colonne in tableau.dimensions %}
            and comptes.{{ colonne }} = cellules_totaux.{{ colonne }}
            {%- endfor %}
    where
        cellules_totaux.est_en_vue
        and (
            cellules_totaux.nb_retraits > 0
            {%- for chiffre in ["dossiers", "heures", "montant"] %}
            or cellules_totaux.nb_{{ chiffre }}_non_dits between 1 and {{ seuil }} * {{ au_plus }}
            {%- endfor %}
        )
        and (coalesce(niveau, 99) <= {{ tableau.level }} and duree_est_dite and montant_est_dit) <> (sens = 1)
    group by cellules_totaux.numero, titulaire
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select *
from personnes
where dossiers <> 0 or heures <> 0 or montant <> 0
