-- One row per dossier: who pays. One co-financer at most; the titulaire's rights pay the rest.
with conditions as (select * from conditions),

tires as (
    select
        *,
        tirage(numero, 20) as tirage_cofinanceur,
        tirage(numero, 21) as tirage_montant,
        situation = 1 as demandeur_emploi,
        -- France Travail pays for more job seekers each year: over 25,000 dossiers in 2024.
        least(greatest(annee - 2019, 1), 5) * 0.011 as part_france_travail,
        case when prix >= 400000 then 0.16 when prix >= 200000 then 0.035 else 0.0015 end
            as part_employeur,
        case when annee >= 2023 then 0.005 else 0.0025 end as part_region,
    from conditions
),

cofinances as (
    select
        * exclude (tirage_cofinanceur, part_france_travail, part_employeur, part_region),
        case
            when demandeur_emploi and tirage_cofinanceur < part_france_travail then 4
            when not demandeur_emploi and tirage_cofinanceur < part_employeur then 3
            when tirage_cofinanceur > 1 - part_region then 6
            when tirage_cofinanceur > 0.9915 and not demandeur_emploi then 5
            when tirage_cofinanceur > 0.9908 then 9
            when tirage_cofinanceur > 0.9903 then 7
            when tirage_cofinanceur > 0.9803 and prix >= 400000 then 8
            else 0
        end::tinyint as cofinanceur,
    from tires
),

montants as (
    select
        * exclude (tirage_montant),
        case cofinanceur
            when 0 then 0
            when 3 then prix * (0.50 + 0.45 * tirage_montant)
            when 7 then prix * (0.20 + 0.40 * tirage_montant)
            when 8 then prix * (0.60 + 0.35 * tirage_montant)
            when 9 then prix * (0.10 + 0.40 * tirage_montant)
            else prix * (0.30 + 0.50 * tirage_montant)
        end::integer as cofinancement,
    from cofinances
)

select
    * exclude (demandeur_emploi),
    -- Flat 100 € since May 2024 (not for job seekers, nor when the employer pays), and what the
    -- titulaire adds by card when his rights fall short.
    least(
        prix - cofinancement,
        case
            when validation >= date '2024-05-02' and not demandeur_emploi and cofinanceur <> 3
                then 10000
            else 0
        end
        + case
            when tirage(numero, 22) < least(prix / 1500000, 0.3)
                then floor((prix - cofinancement) * tirage(numero, 23) * 0.007) * 100
            else 0
        end
    )::integer as reste_a_charge,
from montants
