-- Indicators of §3.3 of the diagnosis, each by one formula of macros/diagnostic/formules.sql.
with

cellules as (

    select * from {{ ref('int_diagnostic__cellules') }}

),

entrees as (

    select * from {{ ref('int_diagnostic__entrees') }}

),

couvertures as (

    select * from {{ ref('int_diagnostic__couverture') }}

),

attendus as (

    select
        *,
        niveau_territoire in ('region', 'departement') as est_local,
        dossiers_reference / nullif(formations_reference, 0) as achats_par_formation_reference,
        formations * dossiers_reference / nullif(formations_reference, 0) as dossiers_attendus,
        formations * dossiers_territoire / nullif(formations_territoire, 0) as attendus_internes
    from cellules

),

calcules as (

    select
        *,
        dossiers / nullif(formations, 0) as achats_par_formation,
        case
            -- What is offered nowhere can be expected nowhere: null.
            when est_local then {{ indice_tension('dossiers', 'dossiers_attendus') }}
        end as indice_tension,
        case
            when est_local and niveau_nomenclature <> 'ensemble'
                then {{ indice_tension('dossiers', 'attendus_internes') }}
        end as indice_tension_interne,
        case
            when est_local and niveau_nomenclature <> 'ensemble'
                then {{ quotient_de_localisation(
                    'formations', 'formations_territoire', 'formations_reference', 'formations_ensemble'
                ) }}
        end as quotient_offre,
        case
            when est_local and niveau_nomenclature <> 'ensemble'
                then {{ quotient_de_localisation(
                    'dossiers', 'dossiers_territoire', 'dossiers_reference', 'dossiers_ensemble'
                ) }}
        end as quotient_demande,
        formations_prix >= {{ var('diagnostic').formations_prix }}
        and organismes_prix >= {{ var('diagnostic').organismes }} as prix_dits,
        montant / nullif(dossiers_chiffres, 0) as prix_moyen,
        formations >= {{ var('diagnostic').rang }}
        and dossiers >= {{ var('diagnostic').rang }} as est_lisible,
        case
            when
                dossiers >= {{ var('diagnostic').sur }} and organismes >= {{ var('diagnostic').organismes }}
                and (not est_local or coalesce(part_localisee, 0) >= 0.9)
                then 'bonne'
            when
                dossiers >= {{ var('diagnostic').rang }}
                and (not est_local or coalesce(part_localisee, 0) >= 0.8)
                then 'moyenne'
            else 'faible'
        end as fiabilite
    from attendus

),

joints as (

    select
        calcules.*,
        entrees.hhi_entrees as hhi_des_entrees,
        couvertures.demandes,
        couvertures.couverts,
        {{ mot_du_quotient('quotient_offre', 'rare', 'abondante') }} as mot_offre,
        {{ mot_du_quotient('quotient_demande', 'faible', 'forte') }} as mot_demande
    from calcules
    left join entrees using (annee, niveau_nomenclature, code)
    left join couvertures using (annee, niveau_nomenclature, code, territoire)

)

select
    * exclude (quotient_offre, quotient_demande, hhi_des_entrees, demandes, couverts, mot_offre, mot_demande),
    case when est_lisible then quotient_offre end as lq_offre,
    case when est_lisible then quotient_demande end as lq_demande,
    case
        when not est_local or niveau_nomenclature = 'ensemble' then null
        when not est_lisible then 'effectif trop faible pour une lecture'
        when mot_offre = 'proche de la moyenne' and mot_demande = 'proche de la moyenne'
            then 'proche de la moyenne nationale'
        else 'offre ' || mot_offre || ', demande ' || mot_demande
    end as lecture,
    -- No class of a year that has hardly begun, nor where half of what is bought is nowhere.
    case
        when mois_couverts >= {{ var('diagnostic').mois }} and part_localisee >= 0.5
            then {{ classe_tension('indice_tension') }}
    end as classe_tension,
    est_local
    and dossiers >= {{ var('diagnostic').rang }}
    and coalesce(part_localisee, 0) >= 0.8
    and mois_couverts >= {{ var('diagnostic').mois }}
    and not offre_hors_periode as est_classable,
    case when prix_dits then quartiles[1] end as prix_q1,
    case when prix_dits then quartiles[2] end as prix_median,
    case when prix_dits then quartiles[3] end as prix_q3,
    case when prix_dits then (quartiles[3] - quartiles[1]) / (quartiles[3] + quartiles[1]) end
        as dispersion_prix,
    case
        when prix_dits and dossiers >= {{ var('diagnostic').rang }} then prix_moyen / quartiles[2] - 1
    end as ecart_prix_achete,
    1 / hhi_sessions as equivalent_organismes,
    case when territoire = 'FR' then hhi_des_entrees end as hhi_entrees,
    case
        when demandes >= {{ var('diagnostic').sur }}
            then coalesce(couverts, 0) / demandes
    end as couverture,
    {{ evolution_bornee('dossiers_avant', 'dossiers_compares') }} as evolution,
    case
        when dossiers_avant >= {{ var('diagnostic').base_pourcentage }}
            then dossiers_compares / dossiers_avant - 1
    end as evolution_relative,
    case when territoire = 'FR' then dossiers_distance / nullif(dossiers, 0) end as part_distance
from joints
