{#- source, indicator, table that is counted, condition -#}
{%- set indicateurs = [
    ('edof', 'atterris', 'formations', 'true'),
    ('edof', 'retenus', 'retenues', 'true'),
    ('edof', 'ecartes', 'ecartees', 'true'),
    ('portail', 'atterris', 'catalogue', 'true'),
    ('portail', 'retenus', 'portail', 'true'),
    ('edof', 'formations_livrees', 'formations', 'true'),
    ('edof', 'points_forts_coupes', 'formations', 'length(points_forts) > 255'),
    ('edof', 'actions_distinctes', 'actions', 'true'),
    ('edof', 'actions_exception_legislative', 'actions', "motif_ecart = 'exception_legislative'"),
    ('edof', 'actions_certification_sans_session', 'actions', "motif_ecart = 'certification_sans_session'"),
    ('edof', 'actions_departement_indetermine', 'actions', "motif_ecart = 'departement_indetermine'"),
    ('edof', 'certifications_absentes_du_registre', 'certifications', 'not est_au_registre'),
    ('edof', 'lignes', 'edof', 'true'),
    ('edof', 'lignes_a_distance', 'edof', 'code_departement is null'),
    ('edof', 'lignes_sans_certification_au_registre', 'edof', 'not est_au_registre'),
    ('edof', 'lignes_sans_organisme_declare', 'edof', 'nom_of is null'),
    ('portail', 'lignes', 'portail', 'true'),
    ('portail', 'lignes_a_distance', 'portail', 'code_departement is null'),
    ('portail', 'lignes_sans_certification_active', 'portail', 'type_referentiel is null'),
    ('portail', 'lignes_date_realignee', 'portail', 'date_chargement_livree <> date_chargement'),
] -%}

with

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

actions as (

    select * from {{ ref('int_offre__actions') }}

),

certifications as (

    select * from {{ ref('int_offre__certifications') }}

),

edof as (

    select * from {{ ref('int_offre__edof') }}

),

portail as (

    select * from {{ ref('int_offre__portail') }}

),

catalogue as (

    select * from {{ ref('stg_portail__catalogue') }}

),

localisee as (

    select * from {{ ref('int_offre__localisee') }}

),

retenues as (

    select distinct numero_formation from edof

),

ecartees as (

    select formations.numero_formation from formations
    anti join localisee on formations.numero_formation = localisee.numero_formation

),

bilan as (

    {%- for source, indicateur, etape, condition in indicateurs %}
    select
        '{{ source }}' as source,
        '{{ indicateur }}' as indicateur,
        count(*) as valeur
    from {{ etape }}
    where {{ condition }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from bilan
