-- One row per dossier: who pays. One co-financer at most (numbered as in the table financeurs); the
-- titulaire's rights pay the rest.
with conditions as (select * from conditions),

parts as (
    select
        *,
        situation = 1 as demandeur,
        tirage(numero, 20) as tirage_qui,
        tirage(numero, 21) as tirage_combien,
        -- France Travail helps more job seekers each year: over 25,000 dossiers in 2024.
        least(greatest(annee - 2019, 1), 5) * 0.011 as part_france_travail,
        -- Employers pay for those who have been there for long, régions for the young.
        case when prix >= 400000 then 0.17 when prix >= 200000 then 0.06 else 0.002 end
        * case when annees < 25 then 0.5 when annees < 40 then 0.9 else 1.25 end as part_employeur,
        case when annee >= 2023 then 0.0065 else 0.003 end
        * case when annees < 25 then 3 when annees < 40 then 1 else 0.6 end as part_region,
        case when annees < 40 then 0.0003 else 0.0008 end as part_agefiph
    from conditions
),

cofinances as (
    select
        * exclude (tirage_qui, part_france_travail, part_employeur, part_region, part_agefiph),
        case
            when demandeur and tirage_qui < part_france_travail then 4
            when not demandeur and tirage_qui < part_employeur then 3
            when tirage_qui > 1 - part_region then 6
            when tirage_qui > 0.9880 and not demandeur then 5
            when tirage_qui > 0.9860 then 9
            when tirage_qui > 0.9860 - part_agefiph then 7
            when tirage_qui > 0.9755 and prix >= 400000 then 8
            else 0
        end::tinyint as cofinanceur
    from parts
),

montants as (
    select
        * exclude (tirage_combien),
        round(prix * case cofinanceur
            when 0 then 0
            when 3 then 0.45 + 0.40 * tirage_combien
            when 7 then 0.20 + 0.40 * tirage_combien
            when 8 then 0.60 + 0.35 * tirage_combien
            when 9 then 0.10 + 0.40 * tirage_combien
            else 0.30 + 0.50 * tirage_combien
        end, -2)::integer as cofinancement,
        -- Flat 100 € since May 2024, not for job seekers, nor when the employer pays.
        case
            when validation < date '2024-05-02' or demandeur or cofinanceur = 3 then 0 else 10000
        end as forfait,
        -- Added by card when the rights fall short, the more so as it is expensive: up to 70 %.
        case when tirage(numero, 22) < least(prix / 1500000, 0.3) then tirage(numero, 23) * 0.7
        else 0 end as part_carte
    from cofinances
)

select
    * exclude (demandeur, forfait, part_carte),
    least(prix - cofinancement, forfait + round((prix - cofinancement) * part_carte, -2))::integer
        as reste_a_charge
from montants
