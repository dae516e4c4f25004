{%- set reglages = var('diffusion')['entree_sortie_formation'] -%}
{%- set dimensions = reglages.plan | sum(start=[]) -%}
with

diffusion as (

    select * from {{ ref('int_entree_sortie_formation__diffusion') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

domaines as (

    select * from {{ ref('nsf') }}

),

noms as (

    select * from {{ ref('int_organismes__noms') }}

),

-- The counters of one combination are in one row, where they are of one day.
lignes as (

    select
        niveau_diffusion,
        edition,
        valeur_du,
        cast(date_trunc('month', cohorte) as date) as debut,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        {% for compteur in reglages.compteurs -%}
        cast(sum(nb_dossiers) filter (where day(cohorte) = {{ loop.index }}) as bigint) as {{ compteur }}{{ ',' if not loop.last }}
        {% endfor %}
    from diffusion
    group by niveau_diffusion, edition, valeur_du, debut, {{ dimensions | join(', ') }}

),

entrees_et_sorties as (

    select
        -- level and period
        lignes.niveau_diffusion,
        lignes.edition,
        lignes.valeur_du,
        strftime(lignes.debut, '%Y-T') || quarter(lignes.debut) as trimestre,
        cast(year(lignes.debut) as integer) as annee,
        lignes.annee_mois,
        try_cast(right(lignes.annee_mois, 2) as integer) as mois,

        -- certification
        case
            when lignes.code_certification = 'REGROUPE' then 'REGROUPE'
            else {{ type_referentiel('lignes.code_certification') }}
        end as type_referentiel,
        lignes.code_certification,
        {{ numero_fiche('lignes.code_certification', 'RS') }} as code_rs,
        {{ numero_fiche('lignes.code_certification', 'RNCP') }} as code_rncp,
        case
            when lignes.code_certification = 'REGROUPE' then 'REGROUPE'
            else coalesce(certifications.code_certifinfo, '-1')
        end as code_certifinfo,
        {{ regroupe('lignes.code_certification', 'certifications.intitule_certification') }} as intitule_certification,
        lignes.code_nsf,
        {{ nomme('lignes.code_nsf', 'domaines.libelle') }} as domaine_formation_nsf,

        -- training body
        lignes.siren_of_contractant,
        lignes.siret_of_contractant,
        {{ regroupe('lignes.siren_of_contractant', 'noms.denomination') }} as raison_sociale_of_contractant,

        -- measures
        {% for compteur in reglages.compteurs -%}
        lignes.{{ compteur }}{{ ',' if not loop.last }}
        {% endfor %}
    from lignes
    left join certifications on lignes.code_certification = certifications.code_certification
    left join domaines on lignes.code_nsf = domaines.code
    left join noms on lignes.siren_of_contractant = noms.siren

)

select * from entrees_et_sorties
