-- The years that are read, how much of each, and which versions of the offer answer for it.
with

achats as (

    select
        annee,
        cast(count(distinct mois) as integer) as mois_couverts,
        max(annee * 12 + mois) as dernier
    from {{ ref('int_diagnostic__achats') }}
    group by annee

),

versions as (

    select distinct
        version,
        date_chargement,
        cast(year(date_chargement) as integer) as annee
    from {{ ref('int_diagnostic__catalogue') }}

),

annees as (

    select annee from achats
    union
    select annee from versions

),

-- Exact totals answer for a year that is over, or of which they count the same dossiers as the rows.
totaux as (

    select
        totaux.annee_validation as annee,
        totaux.nb_dossiers
    from {{ source('publies', 'moncompteformation_formations_engagees_totaux') }} as totaux
    where totaux.tableau = 'annee'

),

lignes as (

    select
        annee_validation as annee,
        sum(nb_dossiers) as nb_dossiers
    from {{ source('publies', 'moncompteformation_formations_engagees') }}
    group by annee_validation

),

lues as (

    select
        annees.annee,
        coalesce(achats.mois_couverts, 0) as mois_couverts,
        coalesce(achats.dernier > (select max(tous.dernier) from achats as tous) - 13, true) as provisoire,
        coalesce(achats.mois_couverts = 12 or totaux.nb_dossiers = lignes.nb_dossiers, false)
        and totaux.annee is not null as totaux_lus,
        versions_de_l_annee.versions is null as offre_hors_periode,
        coalesce(
            versions_de_l_annee.versions,
            (select [max_by(versions.version, versions.date_chargement)] from versions)
        ) as versions
    from annees
    left join achats using (annee)
    left join totaux using (annee)
    left join lignes using (annee)
    left join (
        select
            annee,
            list(version order by date_chargement) as versions
        from versions
        group by annee
    ) as versions_de_l_annee using (annee)

)

select * replace (list_filter(versions, version -> version is not null) as versions)
from lues
