-- What was judged is the rows of the vault: the file says them and nothing else, means included.
{%- set colonnes = ['niveau_diffusion'] + dimensions
    + ['nb_dossiers', 'nb_titulaires', 'prix_moyen', 'duree_moyenne', 'montant_engage'] + montants %}
with

jugees as (

    select
        diffusion.niveau_diffusion,
        {% for colonne in dimensions -%}
        {{ 'noms_' ~ colonne ~ '.code' if colonne in lieux else 'diffusion.' ~ colonne }} as {{ colonne }},
        {% endfor -%}
        {% for montant in montants -%}
        diffusion.{{ montant }},
        {% endfor -%}
        diffusion.nb_dossiers,
        diffusion.nb_titulaires::bigint as nb_titulaires,
        (diffusion.montant_engage / nullif(diffusion.nb_dossiers, 0))::decimal(12, 2) as prix_moyen,
        (diffusion.heures / nullif(diffusion.nb_dossiers_avec_duree, 0))::decimal(8, 1) as duree_moyenne,
        diffusion.montant_engage
    from {{ tables.diffusion }} as diffusion
    {% for colonne, echelon in lieux.items() -%}
    left join {{ tables.lieux }} as noms_{{ colonne }}
        on diffusion.{{ colonne }} = noms_{{ colonne }}.cle and noms_{{ colonne }}.echelon = '{{ echelon }}'
    {% endfor %}

),

ecarts as (

    select sum(sens) as ecart
    from (
        select
            *,
            1 as sens
        from jugees
        union all by name
        select
            {{ colonnes | join(', ') }},
            -1 as sens
        from fichier
    )
    group by {{ colonnes | join(', ') }}

)

select
    (select count(*) from fichier) as examines,
    coalesce(sum(abs(ecart)), 0) as anomalies
from ecarts
