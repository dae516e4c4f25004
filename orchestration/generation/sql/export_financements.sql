-- The financements of one month's versions; a part of zero is not delivered.
with versions as (select * from versions where mois_livraison = $mois),

parts as (
    select version, numero, modification, 1 as financeur,
        prix - cofinancement - reste_a_charge as centimes
    from versions
    union all by name
    select version, numero, modification, 2 as financeur, reste_a_charge as centimes from versions
    union all by name
    select version, numero, modification, cofinanceur as financeur, cofinancement as centimes
    from versions
),

livrees as (
    select * from parts where centimes > 0 and tirage(version, 58) >= taux_sans_financement()
    union all by name
    -- Orphans: a number that no dossier will reach.
    select version, 9000000000 + numero as numero, modification, 1 as financeur, prix as centimes
    from versions where tirage(version, 59) < taux_financement_orphelin()
),

lignes as (
    from livrees
    union all
    from livrees where tirage(version * 10 + financeur, 60) < taux_doublon_financement()
)

select
    printf('D%010d', numero) as id_dossier,
    modification as date_derniere_modification,
    case
        when tirage(version * 10 + financeur, 61) < taux_financeur_inconnu() then 'POLE_EMPLOI'
        else financeurs.code
    end as code_financeur,
    euros(centimes) as montant
from lignes
inner join financeurs on lignes.financeur = financeurs.rang
order by numero, modification, financeur
