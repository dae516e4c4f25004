{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
-- Of each total that the version before told: the persons of whom something changed that rows do not
-- tell, and how much.
with

mouvements as (

    select
        1 as signe,
        *
    from comptes_totaux
    where cohorte in (select cohorte from {{ tables.editions }})
    union all by name
    select
        -1 as signe,
        sens,
        titulaire,
        siren_of,
        cohorte,
        (10 * heures)::bigint as heures,
        (100 * montant_engage)::bigint as montant_engage,
        niveau,
        duree_est_dite,
        montant_est_dit,
        {{ (dimensions + tirees) | join(', ') }}
    from {{ comptes_avant }}
    where cohorte in (select cohorte from {{ tables.editions }})

),

personnes as (

    {%- for tableau in tableaux if not tableau.waits %}
    select
        cellules_totaux.numero,
        titulaire,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }}) <> (sens = 1), signe * sens, 0)) as dossiers,
        coalesce(sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and duree_est_dite) <> (sens = 1), signe * sens * mouvements.heures, 0)), 0) as heures,
        sum(if((coalesce(niveau, 99) <= {{ tableau.level }} and montant_est_dit) <> (sens = 1), signe * sens * mouvements.montant_engage, 0)) as montant
    from mouvements
    inner join cellules_totaux
        on
            cellules_totaux.tableau = '{{ tableau.nom }}'
            and cellules_totaux.dossiers_avant is not null
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
