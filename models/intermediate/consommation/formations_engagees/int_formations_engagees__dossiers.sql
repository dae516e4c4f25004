{{ config(materialized='view') }}

with

dossiers as (

    select
        id_dossier,
        titulaire,
        numero,

        -- what makes its cell
        cast(date_trunc('month', date_validation) as date) as mois,
        code_certification,
        code_departement_lieu,
        statut_dossier,
        code_modalite,

        -- measures
        montant_engage,
        {%- for montant in tous_les_montants() %}
        {{ montant }},
        {%- endfor %}
        nombre_heures_h

    from {{ ref('int_dossiers__courants') }}

)

select * from dossiers
