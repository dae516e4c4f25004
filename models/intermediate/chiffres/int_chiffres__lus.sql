-- Of several readings of a figure the first that has a value; periods that are over, enough dossiers.
with

lectures as (

    from {{ ref('int_chiffres__lectures') }}
    union all by name
    from {{ ref('int_chiffres__renouvellement') }}

),

definitions as (

    select * from {{ ref('chiffres') }}

),

versions as (

    select * from {{ source('publies', 'versions_lues') }}

),

catalogues as (

    select distinct
        version,
        strftime(date_chargement, '%Y-%m') as periode
    from {{ source('publies', 'versions_du_catalogue') }}

),

datees as (

    select
        lectures.*,
        case lectures.grain
            when 'mois' then strptime(lectures.periode, '%Y-%m')
            when 'trimestre'
                then make_date(
                    cast(left(lectures.periode, 4) as integer),
                    3 * cast(right(lectures.periode, 1) as integer) - 2,
                    1
                )
            else make_date(cast(lectures.periode as integer), 1, 1)
        end as debut,
        case lectures.grain when 'mois' then 1 when 'trimestre' then 3 else 12 end as mois,
        lectures.jeu_source = 'moncompteformation_catalogueformation' as est_un_stock
    from lectures
    where lectures.valeur is not null and lectures.periode is not null

),

versionnees as (

    select
        datees.* replace (cast(datees.debut as date) as debut),
        cast(last_day(datees.debut + to_months(datees.mois - 1)) as date) as fin,
        coalesce(catalogues.version, versions.version) as version_source,
        definitions.libelle,
        definitions.unite,
        definitions.definition,
        definitions.additif = 'oui' as est_additif,
        lignes.dernier_jour
    from datees
    inner join definitions on datees.chiffre = definitions.chiffre
    inner join versions on datees.jeu_source = versions.jeu
    -- Totals go as far as their rows.
    inner join versions as lignes on replace(datees.jeu_source, '_totaux', '') = lignes.jeu
    left join catalogues on datees.est_un_stock and datees.periode = catalogues.periode

)

select
    *,
    not est_un_stock and fin > dernier_jour - interval 13 month as est_provisoire
from versionnees
where
    (est_un_stock or fin <= dernier_jour)
    and (unite <> 'part' or effectif >= {{ var('diagnostic').rang }})
qualify row_number() over (partition by chiffre, periode, perimetre order by ordre) = 1
