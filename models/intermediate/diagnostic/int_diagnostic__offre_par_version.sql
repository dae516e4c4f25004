with

places as (

    select * from {{ ref('int_diagnostic__places') }}

),

organismes as (

    select
        version,
        niveau_nomenclature,
        code,
        territoire,
        siren,
        sum(sessions) as sessions
    from places
    group by all

),

concentration as (

    select
        version,
        niveau_nomenclature,
        code,
        territoire,
        count(*) as organismes,
        sum(sessions * sessions) / nullif(sum(sessions) * sum(sessions), 0) as hhi_sessions
    from organismes
    group by all

),

formations as (

    select
        version,
        date_chargement,
        niveau_nomenclature,
        code,
        territoire,
        count(*) as formations,
        sum(sessions) as sessions,
        count(prix) as formations_prix,
        count(distinct siren) filter (where prix is not null) as organismes_prix,
        quantile_cont(prix, [0.25, 0.5, 0.75]) as quartiles
    from places
    group by all

)

select
    formations.*,
    concentration.organismes,
    concentration.hhi_sessions
from formations
inner join concentration using (version, niveau_nomenclature, code, territoire)
