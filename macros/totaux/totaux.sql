{#- Of a cell that tells who finances, from the day when its year is definitive: what nobody has is empty. -#}
{% macro montant_d_un_total(montant, chiffre) -%}
    if(list_contains(muets.chiffres, '{{ chiffre }}'), null, nullif(finances.{{ montant }}, 0))
{%- endmacro %}

{#-
  The totals as they are told: by cell, its figures and since when they are so (`valeur_du`), nothing of a
  secret one. A cell that may not be told anew keeps what it told. `est_a_jour`: it told what it counted when its
  period was last told (`dite_le`); `fut_a_jour`: so it did the time before. Periods that are not told now stay.
-#}
{% macro totaux() -%}
{%- set dimensions = dimensions_des_totaux() -%}
{%- set mesures = mesures_des_totaux() -%}
{%- set anterieurs = registre('totaux') -%}
with

muets as (

    select
        num_cellule,
        list(chiffre) as chiffres
    from {{ modele('totaux_muets') }}
    group by num_cellule

),

finances as (

    select
        num_cellule,
        {%- for montant in ['montant_personne'] + tous_les_montants() %}
        max(somme) filter (where chiffre = '{{ montant }}') as {{ montant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ modele('totaux_financements') }}
    group by num_cellule

),

jugees as (

    select
        cellules.*,
        montant_engage / nb_dossiers as prix_moyen,
        if(list_contains(muets.chiffres, 'heures'), null, heures / nb_dossiers_avec_duree) as duree_moyenne,
        {%- for financeur in financeurs_publies() if financeur != 'montant_non_ventile' %}
        {{ montant_d_un_total(financeur, financeur) }} as {{ financeur }},
        {%- endfor %}
        {%- for part in parts_de_la_personne() %}
        {{ montant_d_un_total(part, 'parts') }} as {{ part }},
        {%- endfor %}
        if(
            finances.num_cellule is not null and not coalesce(list_has_any(muets.chiffres, {{ financeurs_publies() }}), false),
            'publies',
            'secrets'
        ) as montants_par_financeur,
        secrets.num_cellule is null as est_dite
    from {{ modele('totaux_cellules') }} as cellules
    left join {{ modele('totaux_secrets') }} as secrets on cellules.num_cellule = secrets.num_cellule
    left join finances on cellules.num_cellule = finances.num_cellule
    left join muets on cellules.num_cellule = muets.num_cellule
    where cellules.se_dit

),

-- What is told of no financer: all, where nothing is told by financer.
ventilees as (

    select
        *,
        montant_engage
        {%- for financeur in financeurs_publies() if financeur != 'montant_non_ventile' %}
        - coalesce({{ financeur }}, 0)
        {%- endfor %} as montant_non_ventile
    from jugees

),

totaux as (

    select
        tableau,
        grain,
        debut,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        {% for mesure, type in mesures.items() -%}
        cast(if(est_dite, {{ mesure }}, {{ mesure }}_avant) as {{ type }}) as {{ mesure }},
        {% endfor -%}
        -- Nothing tells a total that did not change from one that may not say how.
        cast(
            if(
                est_dite and (
                    {%- for mesure, type in mesures.items() %}
                    cast({{ mesure }} as {{ type }}) is distinct from {{ mesure }}_avant{{ ' or' if not loop.last }}
                    {%- endfor %}
                ),
                {{ jour_de_la_livraison() }},
                valeur_du_avant
            )
            as date
        ) as valeur_du,
        if(est_dite, montants_par_financeur, 'secrets') as montants_par_financeur,
        {{ jour_de_la_livraison() }} as dite_le,
        est_dite as est_a_jour,
        if(etait_la, etait_a_jour, null) as fut_a_jour
    from ventilees
    where not (est_dite and nb_dossiers = 0)

)

select * from totaux
{%- if anterieurs %}
union all by name
select * from {{ anterieurs }}
where (grain, debut) not in (select (grain, debut) from {{ modele('totaux_periodes') }} where se_dit)
{%- endif %}
{%- endmacro %}
