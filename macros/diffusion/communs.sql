{#-
  Of the amounts by financer of the rows of a partition, those that their row may not tell.

  An amount of a financer is told where it has enough contributors, none of whom makes most of it.
  Elsewhere it is put in common: the amounts that may not be told, and the smallest that may, as few
  as hide them, go together to `montant_non_ventile`. Further rows, that count no dossier, then tell
  again by groups of rows (`ventilation`: the columns that each step keeps) what may be told of the
  groups: they take it out of `montant_non_ventile`, so that every row and every column add up.

  One row a `num_ligne` and `financeur`, with the `etape` that tells it again (null: none does) and the
  number of contributors that this step counts.

  The `dossiers_de_tiers` of a cell are those that others than the titulaire pay for. `rares` of a dataset:
  which dossiers another one counts besides (`financeurs_rares`).
-#}
{% macro communs() -%}
{%- set cellules = modele('cellules') -%}
{%- set partition = modele('partition') -%}
{%- set niveaux = reglages().ventilation -%}
{%- set regles = regles_du_secret() -%}
{%- set rares = reglages().rares -%}
with

{% if rares -%}
rares as (

    {{ financeurs_rares('(select * from ' ~ ref('int_dossiers__courants') ~ ' where ' ~ rares ~ ')', regles) }}

),

{% endif -%}
lignes as (

    select * from {{ partition }}

),

contributions as (

    select
        appartenances.num_ligne,
        dossiers.titulaire,
        {%- for montant in montants_des_tiers() %}
        sum(dossiers.{{ montant }}) as {{ montant }},
        {%- endfor %}
        bool_or(dossiers.montant_titulaire = 0) as est_sans_droits

    from (
        select
            num_ligne,
            unnest(numeros) as numero
        from lignes
    ) as appartenances
    inner join (
        select
            numeros[1] as numero,
            unnest(dossiers_de_tiers) as numero_dossier
        from {{ cellules }}
    ) as references_de_tiers on appartenances.numero = references_de_tiers.numero
    inner join {{ ref('int_dossiers__courants') }} as dossiers
        on references_de_tiers.numero_dossier = dossiers.numero
    group by all

),

versements_des_tiers as (

    unpivot (select * exclude (est_sans_droits) from contributions)
    on {{ montants_des_tiers() | join(', ') }}
    into name financeur value montant

),

tiers as (

    select
        num_ligne,
        financeur,
        sum(montant) as montant,
        count(*) as contributeurs,
        max(montant) as maximum

    from versements_des_tiers
    where montant <> 0
    group by num_ligne, financeur

),

sans_droits as (

    select
        num_ligne,
        count(*) as nb_sans_droits

    from contributions
    where est_sans_droits
    group by num_ligne

),

montants_0 as (

    select * from tiers
    union all by name
    select
        num_ligne,
        'montant_titulaire' as financeur,
        montant_titulaire as montant,
        nb_titulaires - coalesce(nb_sans_droits, 0) as contributeurs,
        {{ part_maximale(regles) }} as maximum
    from lignes
    left join sans_droits using (num_ligne)
    where montant_titulaire <> 0

),

{{ mise_en_commun(0, ['num_ligne'], regles) }}
{% for gardees in niveaux %}
{%- set etape = loop.index %}

-- What is still in common, row by row, with the group of this step.
membres_{{ etape }} as (

    select
        communs.num_ligne,
        communs.financeur,
        communs.montant,
        communs.contributeurs,
        count(*) over (partition by {% for colonne in gardees %}lignes.{{ colonne }}, {% endfor %}communs.financeur) as nb_lignes
        {%- for colonne in gardees %},
        lignes.{{ colonne }}
        {%- endfor %}
    from {{ 'communs_0' if etape == 1 else 'restants_' ~ (etape - 1) }} as communs
    inner join lignes using (num_ligne)
    {% if gardees %}where {% for colonne in gardees %}lignes.{{ colonne }} <> 'REGROUPE'{{ ' and ' if not loop.last }}{% endfor %}{% endif %}

),

montants_{{ etape }} as (

    select
        {% for colonne in gardees %}{{ colonne }},
        {% endfor -%}
        financeur,
        sum(montant) as montant,
        count(*) as contributeurs,
        max(montant) as maximum,
        max(nb_lignes) as nb_lignes
    from (
        select
            {% for colonne in gardees %}membres_{{ etape }}.{{ colonne }},
            {% endfor -%}
            financeur,
            titulaire,
            nb_lignes,
            sum(versements_des_tiers.montant) as montant
        from membres_{{ etape }}
        inner join versements_des_tiers using (num_ligne, financeur)
        where versements_des_tiers.montant <> 0
        group by all
    )
    group by all
    union all by name
    select
        {% for colonne in gardees %}{{ colonne }},
        {% endfor -%}
        financeur,
        sum(montant) as montant,
        max(contributeurs) as contributeurs,
        {{ regles.plafond }} as maximum,
        max(nb_lignes) as nb_lignes
    from membres_{{ etape }}
    where financeur = 'montant_titulaire'
    group by all

),

{{ mise_en_commun(etape, gardees, regles, rares) }}

{%- set avant = 'communs_0' if etape == 1 else 'restants_' ~ (etape - 1) %}
{%- set suivantes = niveaux[etape] if not loop.last else [] %}

-- What this step would leave may be too little for the next one to tell: for each financer that it
-- leaves something of, the smallest group that tells it waits, whole, for the next step.
laisses_{{ etape }} as (

    select distinct
        {% for colonne in suivantes %}lignes.{{ colonne }},
        {% endfor -%}
        avant.financeur
    from {{ avant }} as avant
    inner join lignes using (num_ligne)
    anti join dits_{{ etape }} as dits
        on {% for colonne in gardees %}lignes.{{ colonne }} = dits.{{ colonne }} and {% endfor %}avant.financeur = dits.financeur

),

annonces_{{ etape }} as (

    select * from dits_{{ etape }}
    {%- if not loop.last %}
    anti join (
        select {{ gardees | join(', ') }}
        from (
            select
                *,
                sum(montant) over (partition by {{ gardees | join(', ') }}) as montant_du_groupe
            from dits_{{ etape }}
        )
        semi join laisses_{{ etape }} using ({{ (suivantes + ['financeur']) | join(', ') }})
        qualify
            row_number() over (
                partition by {{ (suivantes + ['financeur']) | join(', ') }}
                order by montant_du_groupe, {{ gardees | join(', ') }}
            ) = 1
    ) using ({{ gardees | join(', ') }})
    {%- endif %}

),

restants_{{ etape }} as (

    select avant.* from {{ avant }} as avant
    inner join lignes using (num_ligne)
    anti join annonces_{{ etape }} as annonces
        on {% for colonne in gardees %}lignes.{{ colonne }} = annonces.{{ colonne }} and {% endfor %}avant.financeur = annonces.financeur

),
{% endfor %}

communs as (

    {% for gardees in niveaux -%}
    select
        avant.num_ligne,
        avant.financeur,
        avant.montant,
        annonces.contributeurs,
        {{ loop.index }} as etape
    from {{ 'communs_0' if loop.first else 'restants_' ~ (loop.index - 1) }} as avant
    inner join lignes using (num_ligne)
    inner join annonces_{{ loop.index }} as annonces
        on {% for colonne in gardees %}lignes.{{ colonne }} = annonces.{{ colonne }} and {% endfor %}avant.financeur = annonces.financeur
    union all by name
    {% endfor -%}
    select
        num_ligne,
        financeur,
        montant
    from {{ 'restants_' ~ (niveaux | length) if niveaux else 'communs_0' }}

)

select * from communs
{%- endmacro %}
