with

indicateurs as (

    select * from {{ ref('int_diagnostic__indicateurs') }}

),

libelles as (

    select * from {{ ref('int_diagnostic__libelles') }}

),

territoires as (

    select * from {{ ref('int_diagnostic__territoires') }}

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

ruptures as (

    select
        annees.annee,
        string_agg(ruptures.libelle, ' ; ' order by ruptures.date, ruptures.libelle) as ruptures
    from {{ ref('int_diagnostic__annees') }} as annees
    inner join {{ ref('ruptures') }} as ruptures
        on year(ruptures.date) in (annees.annee - 1, annees.annee)
    where regexp_matches(ruptures.tableaux, 'achats|offre|chiffres')
    group by annees.annee

),

offre_et_demande as (

    select
        -- what, where, when
        indicateurs.niveau_nomenclature,
        indicateurs.code,
        libelles.libelle,
        case when certifications.est_suivie then certifications.lignee end as lignee,
        indicateurs.territoire,
        territoires.nom as nom_territoire,
        indicateurs.niveau_territoire,
        indicateurs.annee,
        indicateurs.mois_couverts,
        {{ oui_ou_non('indicateurs.provisoire') }} as provisoire,

        -- offer
        cast(indicateurs.formations as decimal(12, 2)) as formations,
        cast(indicateurs.organismes as decimal(12, 2)) as organismes,
        cast(indicateurs.sessions as decimal(14, 2)) as sessions,
        indicateurs.nb_versions,
        {{ oui_ou_non('indicateurs.offre_hors_periode') }} as offre_hors_periode,

        -- demand
        cast(indicateurs.dossiers as bigint) as dossiers,
        cast(indicateurs.montant as decimal(18, 2)) as montant_engage,
        cast(indicateurs.prix_moyen as decimal(12, 2)) as prix_moyen,
        indicateurs.demande_lue,
        cast(indicateurs.part_localisee as decimal(5, 4)) as part_localisee,

        -- one against the other
        cast(indicateurs.achats_par_formation as decimal(14, 4)) as achats_par_formation,
        cast(indicateurs.achats_par_formation_reference as decimal(14, 4)) as achats_par_formation_reference,
        cast(indicateurs.dossiers_attendus as decimal(16, 4)) as dossiers_attendus,
        cast(indicateurs.indice_tension as decimal(7, 6)) as indice_tension,
        indicateurs.classe_tension,
        cast(indicateurs.indice_tension_interne as decimal(7, 6)) as indice_tension_interne,
        cast(indicateurs.lq_offre as decimal(14, 4)) as lq_offre,
        cast(indicateurs.lq_demande as decimal(14, 4)) as lq_demande,
        indicateurs.lecture,
        cast(indicateurs.couverture as decimal(5, 4)) as couverture,
        cast(indicateurs.inadequation_geographique as decimal(5, 4)) as inadequation_geographique,
        cast(indicateurs.inadequation_departements as decimal(5, 4)) as inadequation_departements,
        cast(indicateurs.part_distance as decimal(5, 4)) as part_distance,

        -- prices
        cast(indicateurs.prix_q1 as decimal(12, 2)) as prix_q1,
        cast(indicateurs.prix_median as decimal(12, 2)) as prix_median,
        cast(indicateurs.prix_q3 as decimal(12, 2)) as prix_q3,
        cast(indicateurs.dispersion_prix as decimal(5, 4)) as dispersion_prix,
        cast(indicateurs.ecart_prix_achete as decimal(10, 4)) as ecart_prix_achete,

        -- bodies
        cast(indicateurs.hhi_sessions as decimal(5, 4)) as hhi_sessions,
        cast(indicateurs.equivalent_organismes as decimal(10, 2)) as equivalent_organismes,
        cast(indicateurs.hhi_entrees as decimal(5, 4)) as hhi_entrees,

        -- over time: a certification that another replaces is followed by its lineage
        cast(
            case when certifications.est_suivie then null else indicateurs.evolution end as decimal(5, 4)
        ) as evolution,
        cast(
            case when certifications.est_suivie then null else 100 * indicateurs.evolution_relative end
            as decimal(12, 1)
        ) as evolution_pourcentage,
        ruptures.ruptures,

        -- how to read it
        indicateurs.fiabilite,
        {{ oui_ou_non('indicateurs.est_classable') }} as classable,
        case
            when indicateurs.dossiers = 0 then 'aucun achat localisé publié'
            when indicateurs.formations = 0 then 'aucune formation proposée sur place'
        end as constat

    from indicateurs
    inner join territoires on indicateurs.territoire = territoires.territoire
    left join libelles
        on indicateurs.niveau_nomenclature = libelles.niveau_nomenclature and indicateurs.code = libelles.code
    left join certifications
        on
            indicateurs.niveau_nomenclature = 'certification'
            and indicateurs.code = certifications.code_certification
    left join ruptures on indicateurs.annee = ruptures.annee

)

select * from offre_et_demande
