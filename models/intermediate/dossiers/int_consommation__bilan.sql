{#- indicator, condition on the current dossiers -#}
{%- set indicateurs = [
    ('dossiers', 'true'),
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

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

bilan as (

    {%- for indicateur, condition in indicateurs %}
    select
        '{{ indicateur }}' as indicateur,
        count(*) as valeur
    from dossiers
    where {{ condition }}

    union all
    {%- endfor %}

    select
        'dossiers_hors_registre' as indicateur,
        count(*) as valeur
    from dossiers
    anti join certifications on dossiers.code_certification = certifications.code_certification

    union all

    select
        'financements_sans_dossier' as indicateur,
        count(*) as valeur
    from financements
    anti join dossiers on financements.id_dossier = dossiers.id_dossier

)

select * from bilan
