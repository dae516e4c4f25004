with

dossiers as (

    select * from {{ ref('int_formations_engagees__entrants') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

departements as (

    select * from {{ ref('departements') }}

),

modalites as (

    select * from {{ ref('modalites') }}

),

groupes as (

    select
        mois,
        code_certification,
        code_departement_lieu,
        statut_dossier,
        code_modalite,
        -- A cell bears the number of its first dossier: numbering them would take a window.
        min(numero) as numero,
        {{ mesures_de_dossiers() }},
        list(titulaire) as titulaires

    from dossiers
    group by mois, code_certification, code_departement_lieu, statut_dossier, code_modalite

),

cellules as (

    select
        -- dimensions: never null, since the levels of diffusion are compared by them
        strftime(groupes.mois, '%Y-%m') as mois_validation,
        strftime(groupes.mois, '%Y-T') || quarter(groupes.mois) as trimestre_validation,
        strftime(groupes.mois, '%Y') as annee_validation,
        groupes.code_certification,
        coalesce(certifications.code_nsf_1, 'NR') as code_nsf,
        groupes.code_departement_lieu as code_departement_lieu_formation,
        coalesce(departements.code_region, groupes.code_departement_lieu) as code_region_lieu_formation,
        groupes.statut_dossier,
        modalites.libelle as modalite_presence,

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
    inner join modalites on groupes.code_modalite = modalites.code
    left join departements on groupes.code_departement_lieu = departements.code
    left join certifications on groupes.code_certification = certifications.code_certification

)

select * from cellules
