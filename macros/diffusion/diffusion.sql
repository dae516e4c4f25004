{#-
  The rows of this version. They are those of the version before, without what leaves
  them (`sortants`), with the rows that enter (`partition`): a row that was already there adds up.

  A row of ventilation counts no dossier: its titulaires are the fewest contributors of an amount that it
  told first.
-#}
{% macro diffusion() -%}
{%- set partition = modele('partition') -%}
{%- set communs = modele('communs') -%}
{%- set sortants = modele('sortants') -%}
{%- set plan = reglages().plan -%}
{%- set niveaux = reglages().ventilation -%}
{%- set dimensions = abandons_du_plan(plan) | sum(start=[]) -%}
{%- set cle = ['niveau_diffusion'] + dimensions -%}
{%- set lignes = registre('lignes') -%}
with

entrees as (

    select * from {{ partition }}

),

communs as (

    select * from {{ communs }}

),

communs_des_lignes as (

    pivot communs on financeur in ({{ "'" ~ (tous_les_montants() | join("', '")) ~ "'" }})
    using sum(montant) group by num_ligne

),

mouvements as (

    select
        {% for colonne in cle %}{{ colonne }},
        {% endfor -%}
        nb_dossiers,
        nb_dossiers_avec_duree,
        heures,
        montant_engage,
        {% for montant in montants_finances() -%}
        entrees.{{ montant }} - coalesce(communs_des_lignes.{{ montant }}, 0) as {{ montant }},
        {% endfor -%}
        entrees.montant_non_ventile
            {%- for montant in montants_finances() %}
            + coalesce(communs_des_lignes.{{ montant }}, 0)
            {%- endfor %} as montant_non_ventile,
        nb_titulaires,
        null::integer as num_ligne
    from entrees
    left join communs_des_lignes using (num_ligne)
    {%- for gardees in niveaux %}

    union all by name

    select
        {{ plan | length + 1 + loop.index }} as niveau_diffusion,
        {% for colonne in dimensions -%}
        {{ 'entrees.' ~ colonne if colonne in gardees else "'REGROUPE'" }} as {{ colonne }},
        {% endfor -%}
        0 as nb_dossiers,
        0 as nb_dossiers_avec_duree,
        0 as heures,
        0 as montant_engage,
        {% for montant in montants_finances() -%}
        coalesce(sum(communs.montant) filter (where financeur = '{{ montant }}'), 0) as {{ montant }},
        {% endfor -%}
        coalesce(sum(communs.montant) filter (where financeur = 'montant_non_ventile'), 0) - sum(communs.montant)
            as montant_non_ventile,
        min(contributeurs) as nb_titulaires
    from communs
    inner join entrees using (num_ligne)
    where etape = {{ loop.index }}
    {% if gardees %}group by {% for colonne in gardees %}entrees.{{ colonne }}{{ ', ' if not loop.last }}{% endfor %}{% else %}having count(*) > 0{% endif %}
    {%- endfor %}
    {%- if lignes %}

    union all by name

    select * from {{ lignes }}

    union all by name

    {{ _retraits(sortants, cle) }}
    {%- endif %}

),

-- Without a version before, each row is already whole.
sommes as (

    {% if lignes -%}
    select
        {% for colonne in cle %}{{ colonne }},
        {% endfor -%}
        {% for mesure in mesures() -%}
        sum({{ mesure }}) as {{ mesure }},
        {% endfor -%}
        if(
            niveau_diffusion > {{ plan | length + 1 }},
            coalesce(max(nb_titulaires) filter (where num_ligne is not null), min(nb_titulaires)),
            greatest({{ reglages().seuil }}, least(sum(nb_titulaires), sum(nb_dossiers)))
        ) as nb_titulaires,
        max(num_ligne) as num_ligne
    from mouvements
    group by {{ cle | join(', ') }}
    having sum(nb_dossiers) > 0{% for montant in montants_finances() %} or sum({{ montant }}) <> 0{% endfor %}
    {%- else -%}
    select * from mouvements
    {%- endif %}

),

diffusion as (

    select
        {% for colonne in cle %}{{ colonne }},
        {% endfor -%}
        {% for mesure in mesures() -%}
        cast({{ mesure }} as {{ 'bigint' if mesure.startswith('nb_') else 'decimal(18, 2)' }}) as {{ mesure }},
        {% endfor -%}
        nb_titulaires,
        cast(
            coalesce(num_ligne, {{ '(select max(num_ligne) from ' ~ lignes ~ ')' if lignes else 0 }} + row_number() over (order by num_ligne nulls first))
            as integer
        ) as num_ligne
    from sommes

)

select * from diffusion
{%- endmacro %}

{#- What leaves the published rows, taken off where it was told. -#}
{% macro _retraits(sortants, cle) -%}
    select
        {% for colonne in cle %}lignes.{{ colonne }},
        {% endfor -%}
        retraits.* exclude (num_ligne)
    from (
        select
            num_ligne,
            -count(*) as nb_dossiers,
            -count(nombre_heures_h) as nb_dossiers_avec_duree,
            -coalesce(sum(nombre_heures_h), 0) as heures,
            -sum(montant_engage) as montant_engage,
            {% for montant in montants_finances() -%}
            0 as {{ montant }},
            {% endfor -%}
            0 as montant_non_ventile,
            -count(distinct if(reste, null, titulaire)) as nb_titulaires
        from {{ sortants }}
        group by num_ligne
        union all by name
        select
            num_ligne,
            0 as nb_dossiers,
            0 as nb_dossiers_avec_duree,
            0 as heures,
            0 as montant_engage,
            {% for montant in tous_les_montants() -%}
            -sum(case when colonne = '{{ montant }}' then montant else 0 end) as {{ montant }},
            {% endfor -%}
            null as nb_titulaires
        from (
            {{ _montants_retires(sortants) }}
        )
        group by num_ligne
    ) as retraits
    inner join {{ registre('lignes') }} as lignes on retraits.num_ligne = lignes.num_ligne
{%- endmacro %}

{#- By published row and column: the amounts that leave with `sortants`. -#}
{% macro _montants_retires(sortants) -%}
    with

    versements as (

        {{ versements_diffuses(sortants) }}

    )

    select
        annonce as num_ligne,
        financeur as colonne,
        montant
    from versements
    where annonce is not null
    union all
    -- What the row of a dossier does not tell is in its remainder, and out of that of the row that does.
    select
        num_ligne,
        'montant_non_ventile' as colonne,
        montant
    from versements
    where annonce is distinct from num_ligne
    union all
    select
        annonce as num_ligne,
        'montant_non_ventile' as colonne,
        -montant
    from versements
    where annonce <> num_ligne
{%- endmacro %}
