with

dossiers as (

    select * from {{ ref('int_usagers__entrants') }}

),

departements as (

    select * from {{ ref('departements') }}

),

groupes as (

    select
        trimestre,
        code_departement_residence,
        code_genre,
        tranche_age,
        csp,
        statut_usager,
        -- A cell bears the number of its first dossier: numbering them would take a window.
        min(numero) as numero,
        {{ mesures_de_dossiers() }},
        list(titulaire) as titulaires

    from dossiers
    group by all

),

cellules as (

    select
        -- dimensions: never null, since the levels of diffusion are compared by them
        strftime(groupes.trimestre, '%Y-T') || quarter(groupes.trimestre) as trimestre_entree,
        strftime(groupes.trimestre, '%Y') as annee_entree,
        coalesce(departements.code_region, groupes.code_departement_residence) as code_region_residence,
        groupes.code_departement_residence,
        case groupes.code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end as genre,
        coalesce(groupes.tranche_age, 'Non renseigné') as tranche_age,
        groupes.csp,
        groupes.statut_usager as statut,

        -- measures
        {%- for mesure in mesures() %}
        groupes.{{ mesure }},
        {%- endfor %}
        groupes.montants_hauts,
        groupes.dossiers_de_tiers,
        [groupes.numero] as numeros,
        groupes.titulaires,
        -- most cells are one dossier: their list is not worth a look
        if(groupes.nb_dossiers = 1, 1, list_unique(groupes.titulaires)) as nb_titulaires

    from groupes
    left join departements on groupes.code_departement_residence = departements.code

)

select * from cellules
