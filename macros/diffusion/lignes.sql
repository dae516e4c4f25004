{#-
  The rows that this version adds, each with what it may tell of its dossiers.

  Persons and dossiers always. A mean duration and an amount, when they are those of `seuil` persons, none of
  whom makes most of it, and when the other rows of its family tell theirs if the provisional edition told the
  whole; an amount, when it is also that of several training bodies, none of which makes most of it.
  By financer, in the definitive edition only, all of them or none (`montant_non_ventile`): what enough persons
  have, and where having it says something of them, enough have not. What nobody has is not told either: an
  empty amount does not say that somebody has it.
-#}
{% macro lignes() -%}
{%- set fines = reglages().plan[0] -%}
{%- set cle = reglages().plan[1:] | sum(start=[]) -%}
{%- set seuil = reglages().seuil -%}
{%- set se_dit = "ventilees.num_ligne is not null" -%}
with

dossiers as (

    select
        coalesce(detail.num_ligne, etats.num_famille) as num_ligne,
        etats.num_famille,
        etats.titulaire,
        etats.siren_of,
        coalesce(etats.heures, 0) as heures,
        etats.montant_engage,
        {% for montant in tous_les_montants() -%}
        etats.{{ montant }},
        {% endfor -%}
        etats.montant_titulaire + etats.montant_reste_a_charge as montant_personne,
        etats.participation,
        etats.montant_reste_a_charge - etats.participation as supplement,
        1 as nb_dossiers,
        if(etats.heures is null, 0, 1) as nb_dossiers_avec_duree
    from {{ modele('etats') }} as etats
    left join {{ modele('divisions') }} as detail
        on etats.num_famille = detail.num_famille{% for fine in fines %} and etats.{{ fine }} = detail.{{ fine }}{% endfor %}

),

-- Most persons have one dossier in a row: only the others are added up.
repetees as (

    select
        num_ligne,
        titulaire
    from dossiers
    group by num_ligne, titulaire
    having count(*) > 1

),

personnes as (

    select * exclude (siren_of) from dossiers
    anti join repetees using (num_ligne, titulaire)
    union all by name
    select
        num_ligne,
        any_value(num_famille) as num_famille,
        titulaire,
        {% for chiffre in chiffres_juges() -%}
        cast(sum({{ chiffre }}) as decimal(18, 2)) as {{ chiffre }},
        {% endfor -%}
        cast(sum(nb_dossiers) as integer) as nb_dossiers,
        cast(sum(nb_dossiers_avec_duree) as integer) as nb_dossiers_avec_duree
    from dossiers
    semi join repetees using (num_ligne, titulaire)
    group by num_ligne, titulaire

),

sommes as (

    select
        num_ligne,
        sum(nb_dossiers) as nb_dossiers,
        count(*) as nb_titulaires,
        sum(nb_dossiers_avec_duree) as nb_dossiers_avec_duree,
        {%- for chiffre in chiffres_juges() %}
        sum({{ chiffre }}) as {{ chiffre }},
        count_if({{ chiffre }} <> 0) as contributeurs_{{ chiffre }},
        max({{ chiffre }}) as maximum_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from personnes
    group by num_ligne

),

-- Who is in several rows of a family that was told as a whole is counted in the first one only: the sum
-- would tell how many they are. (Each row has enough others: `detail`.)
doubles as (

    select
        num_ligne,
        count(*) as nombre
    from (
        select
            num_ligne,
            row_number() over (partition by num_famille, titulaire order by num_ligne) as rang
        from personnes
        semi join {{ modele('suites') }} using (num_famille)
    )
    where rang > 1
    group by num_ligne

),

{#- Few dossiers have another financer than the person. #}
{%- set de_la_personne = ['montant_engage', 'montant_personne', 'montant_titulaire', 'montant_reste_a_charge'] %}
{%- set des_autres = montants_finances()[2:] %}
{%- for table, chiffres in [('organismes', de_la_personne), ('organismes_des_autres', des_autres)] %}
{{ table }} as (

    select
        num_ligne,
        {%- for chiffre in chiffres %}
        count_if({{ chiffre }} <> 0) as organismes_{{ chiffre }},
        max({{ chiffre }}) as maximum_organisme_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            num_ligne,
            siren_of,
            {%- for chiffre in chiffres %}
            sum({{ chiffre }}) as {{ chiffre }}{{ ',' if not loop.last }}
            {%- endfor %}
        from dossiers
        {% if table != 'organismes' %}where {{ des_autres | join(' <> 0 or ') }} <> 0{% endif %}
        group by num_ligne, siren_of
    )
    group by num_ligne

),
{% endfor %}
familles as (

    {{ familles_de_la_version() }}

),

situees as (

    select
        sommes.*,
        familles.* exclude (num_famille, niveau_diffusion, valeur_du),
        editions.edition,
        -- Nothing tells a row that did not change from one that changed too little.
        if(suites.suite <> 'revisee', familles.valeur_du, editions.livraison) as valeur_du,
        coalesce(detail.niveau_diffusion, familles.niveau_diffusion) as niveau_diffusion,
        {% for fine in fines -%}
        coalesce(detail.{{ fine }}, 'REGROUPE') as {{ fine }},
        {% endfor -%}
        organismes.* exclude (num_ligne),
        organismes_des_autres.* exclude (num_ligne),
        {{ assez('montant_engage') }} and {{ assez_d_organismes('montant_engage') }} as montant_dicible,
        {{ assez('heures') }} as duree_dicible,
        familles.num_famille
    from sommes
    left join (
        select *, 1 as niveau_diffusion from {{ modele('divisions') }}
        where est_fine
    ) as detail on sommes.num_ligne = detail.num_ligne
    inner join familles on coalesce(detail.num_famille, sommes.num_ligne) = familles.num_famille
    inner join {{ modele('editions') }} as editions on familles.cohorte = editions.cohorte
    left join {{ modele('suites') }} as suites on familles.num_famille = suites.num_famille
    inner join organismes on sommes.num_ligne = organismes.num_ligne
    left join organismes_des_autres on sommes.num_ligne = organismes_des_autres.num_ligne

),

-- Of a family that the provisional edition told as a whole, all the rows tell theirs, or none.
dites as (

    select
        *,
        if(montant_etait_dit, bool_and(montant_dicible) over (partition by num_famille), montant_dicible) as est_dit,
        if(duree_etait_dite, bool_and(duree_dicible) over (partition by num_famille), duree_dicible) as duree_est_dite
    from situees

),

-- By financer: all that a row has, or none of it. What it would tell of some only would let the totals give
-- back the others.
ventilees as (

    select num_ligne
    from dites
    where
        est_dit
        and edition = 'definitive'
        {%- for financeur in financeurs_publies() %}
        and (
            {{ financeur }} = 0
            {%- if financeur not in ['montant_non_ventile'] + var('secret').financeurs_nationaux %}
            or (
                {{ assez(financeur) }}
                and {{ assez_d_organismes(financeur) }}
                {%- if financeur in var('secret').financeurs_sensibles %}
                and nb_titulaires - contributeurs_{{ financeur }} >= {{ seuil }}
                {%- endif %}
            )
            {%- endif %}
        )
        {%- endfor %}

),

lignes as (

    select
        dites.num_ligne,
        dites.niveau_diffusion,
        dites.edition,
        dites.valeur_du,
        dites.cohorte,
        {% for colonne in cle + fines -%}
        dites.{{ colonne }},
        {% endfor -%}
        cast(dites.nb_dossiers as bigint) as nb_dossiers,
        cast(dites.nb_titulaires - coalesce(doubles.nombre, 0) as bigint) as nb_titulaires,
        cast(if(est_dit, dites.montant_engage / dites.nb_dossiers, null) as decimal(12, 2)) as prix_moyen,
        cast(if(duree_est_dite, dites.heures / dites.nb_dossiers_avec_duree, null) as decimal(8, 1)) as duree_moyenne,
        cast(if(est_dit, dites.montant_engage, null) as decimal(18, 2)) as montant_engage,
        {%- for financeur in financeurs_publies() if financeur != 'montant_non_ventile' %}
        cast(if({{ se_dit }}, nullif(dites.{{ financeur }}, 0), null) as decimal(18, 2)) as {{ financeur }},
        {%- endfor %}
        {%- for montant in parts_de_la_personne() %}
        cast(if({{ se_dit }} and {{ se_separent() }}, dites.{{ montant }}, null) as decimal(18, 2)) as {{ montant }},
        {%- endfor %}
        cast(if(est_dit, if({{ se_dit }}, 0, dites.montant_engage), null) as decimal(18, 2)) as montant_non_ventile
    from dites
    left join ventilees on dites.num_ligne = ventilees.num_ligne
    left join doubles on dites.num_ligne = doubles.num_ligne

)

select * from lignes
{%- endmacro %}
