with

derniers as (

    {{ dernieres_livraisons(ref('stg_portail__usagers'), 'portail_usagers') }}

),

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

reunis as (

    select
        debut,
        max(valeur_du) as valeur_du,
        coalesce(code_region_residence, 'NR') as region,
        coalesce(code_departement_residence, 'NR') as departement,
        genre,
        tranche_age,
        coalesce(csp, 'Non renseigné') as csp,
        statut,
        {{ mesures_du_portail() }}
    from derniers
    group by all

),

usagers as (

    select
        -- level and period
        0 as niveau_diffusion,
        'producteur' as edition,
        reunis.valeur_du,
        strftime(reunis.debut, '%Y-T') || quarter(reunis.debut) as trimestre_entree,
        cast(year(reunis.debut) as integer) as annee_entree,

        -- residence
        reunis.region as code_region_residence,
        coalesce(regions.nom, 'Non renseigné') as region_residence,
        reunis.departement as code_departement_residence,
        coalesce(departements.nom, 'Non renseigné') as departement_residence,

        -- person
        reunis.genre,
        reunis.tranche_age,
        case
            when reunis.csp in ('Demandeur d''emploi', 'Non renseigné') then reunis.csp
            else 'En emploi ou autre situation'
        end as situation,
        reunis.csp,

        -- dossier
        reunis.statut,

        -- measures: null when masked
        reunis.nb_dossiers,
        reunis.nb_titulaires,
        reunis.prix_moyen,
        reunis.duree_moyenne,
        {{ montants_du_portail('reunis') }}

    from reunis
    left join regions on reunis.region = regions.code
    left join departements on reunis.departement = departements.code

)

select * from usagers
