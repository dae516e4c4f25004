-- One row per delivered version. A month delivers the last state that a dossier reached in it. The
-- end always comes; entry and exit are seldom declared before it, so few of them are delivered.
with dossiers as (
    select
        *,
        coalesce(mois_de(fin), 9999) as mois_fin,
        statut_final >= 6 as annule,
    from dossiers
),

evenements as (
    select *, 1 as statut, validation as modification, from dossiers
    union all by name
    select *, 2 as statut, entree as modification, from dossiers where not annule
    union all by name
    select *, 3 as statut, sortie + 1 as modification, from dossiers where not annule
    union all by name
    select *, statut_final as statut, fin + 1 as modification, from dossiers where fin is not null
    union all by name
    select *, 8 as statut, annulation_tardive as modification,
    from dossiers where annulation_tardive is not null and fin is not null
),

livres as (
    select *, mois_de(modification) as mois_livraison,
    from evenements
    where
        modification <= dernier_jour()
        and (
            mois_de(modification) = mois_validation
            or statut >= 4
            or (statut = 2 and tirage(numero, 34) < 0.06)
            or (statut = 3 and tirage(numero, 35) < 0.06)
        )
),

versions as (
    select
        mois_livraison::smallint as mois_livraison, statut::tinyint as statut, modification,
        numero, titulaire, validation, entree, sortie, femme, naissance, departement, commune,
        situation::tinyint as situation, tirage_csp, certification, offre, organisme, lieu,
        modalite, heures, cofinanceur,
        -- A partly done training is paid in part, when the bodies say so.
        case when reduit then prix // 5 * 4 else prix end as prix,
        case when reduit then cofinancement // 5 * 4 else cofinancement end as cofinancement,
        case when reduit then reste_a_charge // 5 * 4 else reste_a_charge end as reste_a_charge,
    from (select *, statut = 5 and tirage(numero, 36) < 0.3 as reduit, from livres)
    qualify modification = max(modification) over (partition by numero, mois_livraison)
)

select * from versions order by mois_livraison, numero
