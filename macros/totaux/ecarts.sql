{#-
  What two datasets tell together (`parmi`: all dossiers of this one are dossiers of that one). Both say exactly what
  each financer paid in a year: whoever takes one from the other has the dossiers that are bought and not entered by
  the end of some years, and these may be those of a few. From there the financer of this dataset is not told of the
  last of these years (`annee`), nor is another one, so that what is told of no financer does not tell it either.
-#}
{% macro totaux_ecarts() -%}
{%- set chiffres = financeurs_publies() + tous_les_montants()[:2] -%}
{%- set seuil = [reglages().seuil, var('diffusion')[reglages().parmi].seuil] | max -%}
{%- set part = var('secret').part_dominante -%}
with

annees as (

    select distinct year(cohorte) as annee
    from {{ modele('comptes_dits') }}
    where sens = 1 and {{ est_definitive('annee') }}

),

fenetres as (

    select
        premieres.annee as debut,
        dernieres.annee as fin
    from annees as premieres
    inner join annees as dernieres on premieres.annee <= dernieres.annee

),

dossiers as materialized (

    select
        titulaire,
        year(date_validation) as annee_achat,
        if(est_entre, year(date_entree), null) as annee_entree,
        {% for montant in tous_les_montants() -%}
        {{ montant }},
        {% endfor -%}
        montant_titulaire + montant_reste_a_charge as montant_personne
    from {{ ref('int_dossiers__courants') }}
    where year(date_validation) is distinct from if(est_entre, year(date_entree), null)

),

repetition as (

    select coalesce(max(nombre), 1) as au_plus
    from (
        select count(*) as nombre
        from dossiers
        group by titulaire
    )

),

montants as materialized (

    {%- for chiffre in chiffres %}
    select
        '{{ chiffre }}' as chiffre,
        titulaire,
        annee_achat,
        annee_entree,
        {{ chiffre }} as montant
    from dossiers
    where {{ chiffre }} <> 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Years in a row of which too few may be bought and not entered.
sommes as materialized (

    select
        chiffre,
        debut,
        fin,
        sum(nombre) as nombre,
        sum(somme) as somme,
        sum(nombre) < {{ seuil }} * any_value(au_plus) or max(maximum) * any_value(au_plus) >= {{ part }} * sum(somme)::double as est_ambigue
    from (
        select
            chiffre,
            annee_achat,
            annee_entree,
            count(*) as nombre,
            sum(abs(montant)) as somme,
            max(abs(montant)) as maximum
        from montants
        group by chiffre, annee_achat, annee_entree
    )
    inner join fenetres on {{ n_est_que_d_un_cote() }}
    cross join repetition
    group by chiffre, debut, fin

),

personnes as (

    select
        chiffre,
        debut,
        fin,
        titulaire,
        sum(if(annee_achat between debut and fin, montant, -montant)) as montant
    from montants
    inner join sommes using (chiffre)
    where est_ambigue and {{ n_est_que_d_un_cote() }}
    group by chiffre, debut, fin, titulaire

),

trop_peu as (

    select distinct
        chiffre,
        fin as annee
    from (
        select
            chiffre,
            debut,
            fin
        from personnes
        where montant <> 0
        group by chiffre, debut, fin
        having count(*) < {{ seuil }} or max(abs(montant)) >= {{ part }} * sum(abs(montant))::double
    )

),

-- The smallest of those that many have, whatever the years.
autres as (

    select
        annee,
        arg_min(chiffre, somme) as chiffre
    from (
        select
            fin as annee,
            chiffre,
            max(somme) as somme
        from sommes
        where chiffre in ({{ financeurs_publies() | reject('eq', 'montant_non_ventile') | map('tojson') | join(', ') | replace('"', "'") }})
        group by annee, chiffre
        having count(*) = (select count(*) from fenetres where fenetres.fin = annee)
    )
    anti join trop_peu using (chiffre, annee)
    where annee in (select annee from trop_peu)
    group by annee

)

select
    chiffre,
    annee
from trop_peu
union all
select
    chiffre,
    annee
from autres
{%- endmacro %}

{#- Bought in these years or entered in these years, and not both. -#}
{% macro n_est_que_d_un_cote() -%}
    (annee_achat between debut and fin) <> coalesce(annee_entree between debut and fin, false)
{%- endmacro %}
