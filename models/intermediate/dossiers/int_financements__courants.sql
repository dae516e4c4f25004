with

financements as (

    select * from {{ ref('stg_financements__financements') }}

),

livraisons as (

    select * from {{ ref('int_livraisons__rangees') }}
    where source = 'financements'

),

financeurs as (

    select * from {{ ref('financeurs') }}

),

-- A delivery holds the whole set of a dossier: the newest set replaces the others.
derniers as (

    select
        financements.id_dossier,
        financements.code_financeur,
        financements.montant_eur

    from financements
    inner join livraisons on financements.sha256_livraison = livraisons.sha256
    qualify
        rank() over (
            partition by financements.id_dossier
            order by financements.date_derniere_modification desc, livraisons.rang_livraison desc
        ) = 1

),

ventiles as (

    select
        derniers.id_dossier,
        derniers.montant_eur,
        coalesce(financeurs.colonne, 'montant_autre') as colonne,
        financeurs.code is null as est_code_inconnu

    from derniers
    left join financeurs on derniers.code_financeur = financeurs.code

),

pivotes as (

    select
        id_dossier,
        bool_or(est_code_inconnu) as a_un_code_inconnu,
        count(*) as nb_lignes,
        {%- for montant in montants_finances() %}
        cast(coalesce(sum(case when colonne = '{{ montant }}' then montant_eur end), 0) as decimal(12, 2))
            as {{ montant }},
        {%- endfor %}
        cast(sum(montant_eur) as decimal(12, 2)) as montant_finance

    from ventiles
    group by id_dossier

)

select * from pivotes
