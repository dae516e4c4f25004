-- Trainings that were not there a year before: of two kept versions of the offer, twelve months apart.
with

versions as (

    select distinct
        version,
        numero_formation,
        cast(date_trunc('month', date_chargement) as date) as mois
    from {{ source('publies', 'versions_du_catalogue') }}
    where numero_formation is not null

),

paires as (

    select distinct
        apres.version,
        apres.mois,
        avant.version as version_avant
    from versions as apres
    inner join versions as avant on apres.mois = avant.mois + interval 12 month

),

comptees as (

    select
        paires.version,
        paires.mois,
        paires.version_avant,
        count(*) as formations,
        count(avant.numero_formation) as gardees
    from paires
    inner join versions as apres on paires.version = apres.version
    left join versions as avant
        on paires.version_avant = avant.version and apres.numero_formation = avant.numero_formation
    group by all

)

select
    'renouvellement_offre' as chiffre,
    'mois' as grain,
    strftime(mois, '%Y-%m') as periode,
    'FR' as perimetre,
    1 - gardees / formations as valeur,
    formations as effectif,
    cast(null as double) as part_non_ventilee,
    'moncompteformation_catalogueformation' as jeu_source,
    'select 1 - count(distinct avant.numero_formation) / count(distinct apres.numero_formation) as valeur'
    || ' from '
    || '"moncompteformation_catalogueformation@' || version || '" as apres left join '
    || '"moncompteformation_catalogueformation@' || version_avant
    || '" as avant on apres.numero_formation = avant.numero_formation' as requete,
    1 as ordre
from comptees
