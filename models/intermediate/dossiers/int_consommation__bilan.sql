{#- indicator, condition on the current dossiers -#}
{%- set indicateurs = [
    ('retenus', 'true'),
    ('dossiers_entres_en_formation', 'est_entre'),
    ('entrees_seulement_prevues', 'date_entree is not null and not est_entre'),
    ('dossiers_sans_financement', 'not est_finance'),
    ('dossiers_au_financeur_inconnu', 'a_un_financeur_inconnu'),
    ('dossiers_dont_le_prix_differe', 'est_finance and montant_engage <> prix_eur'),
    ('dossiers_sans_residence', "code_departement_residence = 'NR'"),
    ('dossiers_sans_lieu', "code_departement_lieu = 'NR'"),
] -%}

with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}

),

financements as (

    select * from {{ ref('int_financements__courants') }}

),

versions as (

    select id_dossier from {{ ref('stg_dossiers__dossiers') }}

),

lignes as (

    select id_dossier from {{ ref('stg_financements__financements') }}

),

-- A dossier that no file delivers, or that was rejected.
orphelins as (

    select financements.* from financements
    anti join dossiers on financements.id_dossier = dossiers.id_dossier

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

bilan as (

    {%- for indicateur, condition in indicateurs %}
    select
        'dossiers' as source,
        '{{ indicateur }}' as indicateur,
        count(*) as valeur
    from dossiers
    where {{ condition }}

    union all
    {%- endfor %}

    select
        'dossiers' as source,
        'dossiers_hors_registre' as indicateur,
        count(*) as valeur
    from dossiers
    anti join certifications on dossiers.code_certification = certifications.code_certification

    union all

    select
        'financements' as source,
        'financements_sans_dossier' as indicateur,
        count(*) as valeur
    from orphelins

    union all

    select
        'dossiers' as source,
        'atterris' as indicateur,
        count(*) as valeur
    from versions

    union all

    select
        'dossiers' as source,
        'remplaces' as indicateur,
        count(*) - count(distinct id_dossier) as valeur
    from versions

    union all

    select
        'financements' as source,
        'atterris' as indicateur,
        count(*) as valeur
    from lignes

    union all

    select
        'financements' as source,
        'remplaces' as indicateur,
        (select count(*) from lignes) - (select coalesce(sum(nb_lignes), 0) from financements) as valeur

    union all

    select
        'financements' as source,
        'ecartes' as indicateur,
        coalesce(sum(nb_lignes), 0) as valeur
    from orphelins

    union all

    select
        'financements' as source,
        'retenus' as indicateur,
        coalesce(sum(financements.nb_lignes), 0) as valeur
    from financements
    semi join dossiers on financements.id_dossier = dossiers.id_dossier

)

select * from bilan
