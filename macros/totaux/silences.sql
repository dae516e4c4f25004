{#-
  Rows that are silent of their hours or amounts, so that a total may tell its own: where what is left of these
  is that of too few persons, those of its smallest row that says as much go with it. By family: one whose
  figure was told as a whole is told whole again, or not at all. One that told it before says nothing less by
  falling silent.
-#}
{% macro silences() -%}
with

muettes as (

    {%- for chiffre in ['heures', 'montant'] %}
    select
        '{{ chiffre }}' as chiffre,
        num_cellule,
        greatest(
            {%- for suite in ['en_tout', 'depuis'] %}
            if({{ chiffre }}_trop_peu_{{ suite }}, {{ chiffre }}_{{ suite }}, 0){{ ',' if not loop.last }}
            {%- endfor %}
        ) as reste
    from {{ modele('totaux_exposes') }}
    where
        num_cellule in (select num_cellule from {{ modele('totaux_cellules') }} where se_dit)
        and ({{ chiffre }}_trop_peu_en_tout or {{ chiffre }}_trop_peu_depuis)
        and not est_trop_peu_en_tout
        and not est_trop_peu_depuis
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),
{%- if registre('lignes') %}

deja_dites as (

    {%- for chiffre, colonne in {'heures': 'duree_moyenne', 'montant': 'montant_engage'}.items() %}
    select
        '{{ chiffre }}' as chiffre,
        num_ligne as num_famille
    from {{ registre('lignes') }}
    where {{ colonne }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),
{%- endif %}
{%- for tableau in tableaux() %}

{{ tableau.nom }}_familles as (

    select
        muettes.chiffre,
        cellules.num_cellule,
        comptes.num_famille,
        count(*) as taille
    from muettes
    inner join {{ modele('totaux_cellules') }} as cellules using (num_cellule)
    inner join {{ modele('comptes') }} as comptes
        on
            {{ debut_de_periode(tableau.grain) }} = cellules.debut
            {%- for colonne in tableau.dimensions %}
            and comptes.{{ colonne }} = cellules.{{ colonne }}
            {%- endfor %}
    where
        cellules.tableau = '{{ tableau.nom }}'
        and comptes.niveau <= {{ tableau.niveau }}
        and comptes.cohorte in (select cohorte from {{ modele('editions') }})
        {%- if registre('lignes') %}
        and (muettes.chiffre, comptes.num_famille) not in (select chiffre, num_famille from deja_dites)
        {%- endif %}
        and if(muettes.chiffre = 'heures', duree_est_dite, montant_est_dit)
    group by muettes.chiffre, cellules.num_cellule, comptes.num_famille
    having sum(if(muettes.chiffre = 'heures', comptes.heures, comptes.montant_engage)) > any_value(muettes.reste)

),
{%- endfor %}

familles as (

    {%- for tableau in tableaux() %}
    select * from {{ tableau.nom }}_familles
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    chiffre,
    num_cellule,
    arg_min(num_famille, taille * 1000000000 + num_famille) as num_famille
from familles
group by chiffre, num_cellule
{%- endmacro %}
