-- The financements of one month's versions; a part of zero is not delivered.
with versions as (
    select *, numero::bigint * 16 + statut as version, from versions where mois_livraison = $mois
),

parts as (
    select version, numero, modification, 1 as financeur,
        prix - cofinancement - reste_a_charge as montant, from versions
    union all by name
    select version, numero, modification, 2 as financeur, reste_a_charge as montant, from versions
    union all by name
    select version, numero, modification, cofinanceur as financeur, cofinancement as montant,
    from versions
),

livrees as (
    select * from parts
    where montant > 0 and tirage(version, 61) >= taux_sans_financement()
    union all by name
    -- Orphans: a number that no dossier will reach.
    select version, 9000000000 + numero as numero, modification, 1 as financeur, prix as montant,
    from versions where tirage(version, 62) < taux_financement_orphelin()
)

select
    printf('D%010d', numero) as id_dossier,
    modification as date_derniere_modification,
    case
        when tirage(version * 10 + financeur, 63) < taux_financeur_inconnu() then 'POLE_EMPLOI'
        else financeurs.code
    end as code_financeur,
    montant::decimal(12, 0) * 0.01::decimal(3, 2) as montant,
from livrees
inner join financeurs on livrees.financeur = financeurs.rang
cross join generate_series(
    0, (tirage(version * 10 + financeur, 49) < taux_doublon_financement())::integer
) as copies(copie)
order by numero, modification, financeur, copie
