-- One row per delivered version. A month delivers the last state that a dossier reached in it. The
-- end always comes; entry and exit are seldom declared before it, so few of them are delivered.
with dossiers as (
    select
        *,
        -- Month of each event; 9999 when it does not happen.
        mois_de(validation) as mois_validation,
        case when annule then 9999 else mois_de(entree) end as mois_entree,
        case when annule then 9999 else mois_de(sortie + 1) end as mois_sortie,
        coalesce(mois_de(fin), 9999) as mois_fin,
        coalesce(mois_de(annulation_tardive), 9999) as mois_tardif
    from dossiers
),

evenements as (
    select *, 1 as statut, validation as modification, mois_validation as mois_livraison
    from dossiers
    where mois_validation not in (mois_entree, mois_sortie, mois_fin)
    union all by name
    select *, 2 as statut, entree as modification, mois_entree as mois_livraison
    from dossiers
    where
        not annule and mois_entree not in (mois_sortie, mois_fin)
        and (mois_entree = mois_validation or tirage(numero, 34) < 0.04)
    union all by name
    select *, 3 as statut, sortie + 1 as modification, mois_sortie as mois_livraison
    from dossiers
    where
        not annule and mois_sortie <> mois_fin
        and (mois_sortie = mois_validation or tirage(numero, 35) < 0.02)
    union all by name
    select *, statut_final as statut, fin as modification, mois_fin as mois_livraison
    from dossiers where fin is not null
    union all by name
    select *, 8 as statut, annulation_tardive as modification, mois_tardif as mois_livraison
    from dossiers where annulation_tardive is not null
),

versions as (
    select
        numero, numero::bigint * 16 + statut as version, mois_livraison::smallint as mois_livraison,
        titulaire, femme, naissance, departement, commune, situation::tinyint as situation, tirage_csp,
        validation, sortie, modification, statut::tinyint as statut,
        -- The body declares an entry: nobody enters what is cancelled; a planned one is known where a
        -- delivery of its month will say whether it took place.
        case
            when statut between 2 and 5 then entree
            when
                statut = 1 and not annule and (
                    mois_entree = mois_fin
                    or (mois_entree = mois_sortie and tirage(numero, 35) < 0.02)
                    or (mois_entree <> mois_sortie and tirage(numero, 34) < 0.04)
                )
                then entree
        end as entree,
        certification, offre, organisme, lieu, modalite, heures, cofinanceur,
        -- A partly done training may be paid in part.
        case when reduit then prix // 5 * 4 else prix end as prix,
        case when reduit then cofinancement // 5 * 4 else cofinancement end as cofinancement,
        case when reduit then reste_a_charge // 5 * 4 else reste_a_charge end as reste_a_charge
    from (select *, statut = 5 and tirage(numero, 36) < 0.3 as reduit from evenements)
    where modification <= dernier_jour()
)

-- Sorted so that the export of a month reads its own rows only.
select * from versions order by mois_livraison
