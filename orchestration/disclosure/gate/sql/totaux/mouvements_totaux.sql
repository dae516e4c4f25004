-- The dossiers of cohorts that changed since the widest period that is told was told before, as totals count them
-- (`signe` 1) and as they counted them then (-1).
with

etats as (

    select distinct
        cohorte,
        cohorte + to_months({{ mois_de_cohorte }}) > depuis + 1 as est_nouvelle,
        cohorte + to_months({{ mois_de_cohorte + mois_avant_definitif }}) <= jour
        and cohorte + to_months({{ mois_de_cohorte + mois_avant_definitif }}) > depuis + 1 as est_redite
    from periodes_totaux
    where depuis is not null

)

select
    1 as signe,
    comptes_totaux.* exclude (participation, {{ montants | join(', ') }}, financeurs_sont_dits, parts_sont_dites)
from comptes_totaux
semi join (select cohorte from etats where est_nouvelle or est_redite) as changees using (cohorte)
{%- for avant in [comptes_avant, premiers_avant] %}
union all by name
select
    -1 as signe,
    num_ligne as num_famille,
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
from {{ avant }}
where
    cohorte in (select cohorte from etats where est_redite and not est_nouvelle)
    {%- if loop.first %}
    and cohorte in (select cohorte from {{ tables.editions }})
    {%- endif %}
{%- endfor %}
