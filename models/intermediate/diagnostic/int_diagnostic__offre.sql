-- What is offered in a year: means over the versions of the offer, prices and bodies of the last one.
with

annees as (

    select
        annee,
        offre_hors_periode,
        cast(len(versions) as integer) as nb_versions,
        unnest(versions) as version
    from {{ ref('int_diagnostic__annees') }}

),

versions as (

    select * from {{ ref('int_diagnostic__offre_par_version') }}

)

select
    annees.annee,
    versions.niveau_nomenclature,
    versions.code,
    versions.territoire,
    -- A version where it is not offered counts for none.
    sum(versions.formations) / any_value(annees.nb_versions) as formations,
    sum(versions.organismes) / any_value(annees.nb_versions) as organismes,
    sum(versions.sessions) / any_value(annees.nb_versions) as sessions,
    max_by(versions.hhi_sessions, versions.date_chargement) as hhi_sessions,
    max_by(versions.organismes, versions.date_chargement) as organismes_derniers,
    max_by(versions.quartiles, versions.date_chargement) as quartiles,
    max_by(versions.formations_prix, versions.date_chargement) as formations_prix,
    max_by(versions.organismes_prix, versions.date_chargement) as organismes_prix
from annees
inner join versions using (version)
group by all
