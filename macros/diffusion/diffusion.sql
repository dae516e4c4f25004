{#- The rows of this version: those of the version before, but for the cohorts that it publishes anew. -#}
{% macro diffusion() -%}
with

diffusion as (

    -- Some say less, so that totals may be told.
    select
        lignes.* exclude (montant_se_tait, duree_se_tait) replace (
            {% for montant in ['prix_moyen', 'montant_engage', 'montant_personne'] + tous_les_montants() -%}
            if(montant_se_tait, null, lignes.{{ montant }}) as {{ montant }},
            {% endfor -%}
            if(duree_se_tait, null, lignes.duree_moyenne) as duree_moyenne
        )
    from (
        select
            lignes.*,
            coalesce(familles.num_famille, lignes.num_ligne) in (select num_famille from {{ modele('silences') }} where chiffre = 'montant') as montant_se_tait,
            coalesce(familles.num_famille, lignes.num_ligne) in (select num_famille from {{ modele('silences') }} where chiffre = 'heures') as duree_se_tait
        from {{ modele('lignes') }} as lignes
        left join (select distinct num_ligne, num_famille from {{ modele('divisions') }}) as familles using (num_ligne)
    ) as lignes
    {%- if registre('lignes') %}
    union all by name
    select * from {{ registre('lignes') }}
    anti join {{ modele('editions') }} using (cohorte)
    {%- endif %}

)

select * from diffusion
{%- endmacro %}
