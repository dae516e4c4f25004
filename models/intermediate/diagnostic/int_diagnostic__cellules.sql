-- Offer and demand side by side, and what each is compared with.
with

offre as (

    select * from {{ ref('int_diagnostic__offre') }}

),

demande as (

    select * from {{ ref('int_diagnostic__demande') }}

),

annees as (

    select * from {{ ref('int_diagnostic__annees') }}

),

cellules as (

    select
        annee,
        niveau_nomenclature,
        code,
        territoire,
        {{ niveau_du_territoire('territoire') }} as niveau_territoire,
        coalesce(offre.formations, 0.0) as formations,
        coalesce(offre.organismes, 0.0) as organismes,
        coalesce(offre.sessions, 0.0) as sessions,
        offre.hhi_sessions,
        offre.organismes_derniers,
        offre.quartiles,
        offre.formations_prix,
        offre.organismes_prix,
        coalesce(demande.dossiers, 0) as dossiers,
        demande.montant,
        demande.dossiers_chiffres,
        coalesce(demande.demande_lue, 'detail') as demande_lue,
        demande.dossiers_avant,
        demande.dossiers_compares
    from offre
    full outer join demande using (annee, niveau_nomenclature, code, territoire)

),

-- The reference of a code is the sum of the territories of the level: what is expected makes what is bought.
references_du_code as (

    select
        cellules.annee,
        cellules.niveau_nomenclature,
        cellules.code,
        cellules.niveau_territoire,
        sum(cellules.formations) as formations,
        sum(cellules.dossiers) as dossiers,
        count(*) as territoires
    from cellules
    where cellules.niveau_territoire in ('region', 'departement')
    group by all

),

ecarts as (

    select
        cellules.annee,
        cellules.niveau_nomenclature,
        cellules.code,
        'FR-PRESENTIEL' as territoire,
        cellules.niveau_territoire,
        sum(abs(
            cellules.dossiers / nullif(references_du_code.dossiers, 0)
            - cellules.formations / nullif(references_du_code.formations, 0)
        )) / 2 as ecart
    from cellules
    inner join references_du_code using (annee, niveau_nomenclature, code, niveau_territoire)
    where references_du_code.dossiers >= {{ var('diagnostic').sur }} and references_du_code.territoires >= 3
    group by all

),

-- Of a territory, what all codes of a level make together.
references_du_territoire as (

    select
        cellules.annee,
        cellules.niveau_nomenclature,
        cellules.territoire,
        sum(cellules.formations) as formations,
        sum(cellules.dossiers) as dossiers
    from cellules
    group by all

),

ensembles as (

    select
        references_du_code.annee,
        references_du_code.niveau_nomenclature,
        references_du_code.niveau_territoire,
        sum(references_du_code.formations) as formations,
        sum(references_du_code.dossiers) as dossiers
    from references_du_code
    group by all

),

-- What is bought on site, localised or not: France but what is remote.
sur_place as (

    select
        annee,
        niveau_nomenclature,
        code,
        sum(case territoire when 'FR' then dossiers when 'DISTANCE' then -dossiers else 0 end) as dossiers,
        sum(dossiers) filter (where territoire = 'DISTANCE') as dossiers_distance,
        sum(dossiers) filter (where territoire in ('DISTANCE', 'FR-PRESENTIEL'))
        / nullif(sum(dossiers) filter (where territoire = 'FR'), 0) as part_situee
    from cellules
    where territoire in ('FR', 'FR-PRESENTIEL', 'DISTANCE')
    group by all

),

ecarts_regions as (

    select * exclude (niveau_territoire)
    from ecarts
    where niveau_territoire = 'region'

),

ecarts_departements as (

    select * exclude (niveau_territoire)
    from ecarts
    where niveau_territoire = 'departement'

),

-- Of the country and of what is remote: by région.
niveaux as (

    select
        unnest(['region', 'france', 'distance', 'departement']) as niveau_territoire,
        unnest(['region', 'region', 'region', 'departement']) as niveau_localise

),

localisees as (

    select
        sur_place.annee,
        sur_place.niveau_nomenclature,
        sur_place.code,
        niveaux.niveau_territoire,
        case
            when sur_place.dossiers > 0
                then references_du_code.dossiers / greatest(sur_place.dossiers, references_du_code.dossiers)
        end as part_localisee
    from sur_place
    inner join references_du_code using (annee, niveau_nomenclature, code)
    inner join niveaux on references_du_code.niveau_territoire = niveaux.niveau_localise

)

select
    cellules.*,
    annees.mois_couverts,
    annees.provisoire,
    annees.offre_hors_periode,
    cast(len(annees.versions) as integer) as nb_versions,
    references_du_code.formations as formations_reference,
    references_du_code.dossiers as dossiers_reference,
    references_du_territoire.formations as formations_territoire,
    references_du_territoire.dossiers as dossiers_territoire,
    ensembles.formations as formations_ensemble,
    ensembles.dossiers as dossiers_ensemble,
    localisees.part_localisee,
    case
        when sur_place.part_situee between {{ var('diagnostic').part_comparable }} and 1
            then coalesce(sur_place.dossiers_distance, 0)
    end as dossiers_distance,
    ecarts_regions.ecart as inadequation_geographique,
    ecarts_departements.ecart as inadequation_departements
from cellules
inner join annees using (annee)
left join references_du_code using (annee, niveau_nomenclature, code, niveau_territoire)
left join references_du_territoire using (annee, niveau_nomenclature, territoire)
left join ensembles using (annee, niveau_nomenclature, niveau_territoire)
left join sur_place using (annee, niveau_nomenclature, code)
left join localisees using (annee, niveau_nomenclature, code, niveau_territoire)
left join ecarts_regions using (annee, niveau_nomenclature, code, territoire)
left join ecarts_departements using (annee, niveau_nomenclature, code, territoire)
