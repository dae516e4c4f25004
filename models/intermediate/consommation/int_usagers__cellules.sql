with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}
    where est_entre

),

statuts as (

    select * from {{ ref('statuts') }}

),

departements as (

    select * from {{ ref('departements') }}

),

situations as (

    select * from {{ ref('situations') }}

),

csp as (

    select * from {{ ref('csp') }}

),

groupes as (

    select
        date_trunc('quarter', dossiers.date_entree) as trimestre,
        dossiers.code_departement_residence,
        dossiers.code_genre,
        dossiers.tranche_age,
        dossiers.code_situation,
        -- For a job seeker the situation says enough.
        if(dossiers.code_situation = 'DEMANDEUR_EMPLOI', 'DEMANDEUR_EMPLOI', dossiers.code_csp) as code_csp,
        statuts.statut_usager,
        {{ mesures_de_dossiers() }},
        list(dossiers.titulaire) as titulaires

    from dossiers
    inner join statuts on dossiers.statut_dossier = statuts.statut_dossier
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
        coalesce(situations.libelle, 'Non renseigné') as situation,
        coalesce(csp.libelle, 'Non renseigné') as csp,
        groupes.statut_usager as statut,

        -- measures
        {%- for mesure in mesures() %}
        groupes.{{ mesure }},
        {%- endfor %}
        groupes.titulaires,
        list_unique(groupes.titulaires) as nb_titulaires

    from groupes
    left join departements on groupes.code_departement_residence = departements.code
    left join situations on groupes.code_situation = situations.code
    left join csp on groupes.code_csp = csp.code

)

select * from cellules
