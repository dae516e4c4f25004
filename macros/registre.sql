{#-
  The registry of what was published: for each dataset of persons, what its current version shows and
  in which state (`orchestration/registry.py` exposes it in the vault before each run).
  docs/decisions/0006-registre-des-versions.md
-#}

{#- A table of the registry of `jeu`, or nothing when it was never published: `lignes` (published
    rows), `lots` (rows as they once entered), `ouverts` (dossiers that may still be revised, in their
    published state), `clos` (ids of the others). -#}
{% macro registre(jeu, table) -%}
    {%- do return(adapter.get_relation('coffre', 'registre', jeu ~ '__' ~ table) if execute else none) -%}
{%- endmacro %}

{#- First day from which a period of `duree_mois` months is still provisional: the others ended so many
    months before the last delivery that they are published for good. -#}
{% macro premier_jour_provisoire(duree_mois) -%}
    (
        select cast(max(date_extraction) - interval {{ var('secret').mois_avant_definitif + duree_mois }} month as date)
        from {{ ref('stg_atterrissage__depots') }}
        where source = 'dossiers'
    )
{%- endmacro %}

{#- CTE `entrants`: dossiers that this version adds, all of them when there is no version before. -#}
{% macro entrants(jeu, dossiers, sortants) -%}
{%- set ouverts = registre(jeu, 'ouverts') -%}
entrants as (

    select dossiers.* from {{ dossiers }} as dossiers
    {%- if ouverts %}
    anti join {{ registre(jeu, 'clos') }} as clos on dossiers.id_dossier = clos.id_dossier
    anti join (
        select ouverts.id_dossier from {{ ouverts }} as ouverts
        anti join {{ sortants }} as sortants on ouverts.id_dossier = sortants.id_dossier
    ) as maintenus on dossiers.id_dossier = maintenus.id_dossier
    {%- endif %}

)
{%- endmacro %}

{#- CTE `quittees`, with a comma: published rows that dossiers leave in this version, and how many persons
    go for good. Nothing when there is no version before. -#}
{% macro lignes_quittees(jeu, sortants) -%}
{%- set lignes = registre(jeu, 'lignes') -%}
{%- if lignes -%}
quittees as materialized (

    select
        lignes.*,
        count(distinct if(sortants.reste, null, sortants.titulaire)) as nb_departs
    from {{ sortants }} as sortants
    inner join {{ lignes }} as lignes on sortants.num_ligne = lignes.num_ligne
    group by all

),
{%- endif -%}
{%- endmacro %}

{#-
  CTE `ouverts`: once this version is published, the dossiers that may still be revised, each in the
  state in which it is published, with its lot.

  `groupe`: what dossiers of one cell share, as `cellules` groups them.
-#}
{% macro ouverts(jeu, entrants, sortants, partition, groupe, periode, duree_mois) -%}
{%- set avant = registre(jeu, 'ouverts') -%}
nouveaux as (

    select
        *,
        min(numero) over (partition by {{ groupe | join(', ') }}) as numero_cellule
    from {{ entrants }}
    where {{ periode }} > {{ premier_jour_provisoire(duree_mois) }}

),

appartenances as (

    select
        num_ligne,
        unnest(numeros) as numero_cellule
    from {{ partition }}

),

ouverts as (

    select
        nouveaux.* exclude (numero, numero_cellule),
        appartenances.num_ligne + {{ dernier_lot(jeu) }} as num_lot
    from nouveaux
    inner join appartenances on nouveaux.numero_cellule = appartenances.numero_cellule
    {%- if avant %}
    union all by name
    select avant.* from {{ avant }} as avant
    anti join {{ sortants }} as sortants on avant.id_dossier = sortants.id_dossier
    where avant.{{ periode }} > {{ premier_jour_provisoire(duree_mois) }}
    {%- endif %}

)
{%- endmacro %}

{#- Number of the last lot published: those of this version follow. -#}
{% macro dernier_lot(jeu) -%}
{%- set lots = registre(jeu, 'lots') -%}
{%- if lots -%}
    coalesce((select max(num_lot) from {{ lots }}), 0)
{%- else -%}
    0
{%- endif -%}
{%- endmacro %}

{#- CTE `clos`: ids of the dossiers that are published and will not be revised any more. -#}
{% macro clos(jeu, entrants, sortants, ouverts, partition) -%}
{%- set avant = registre(jeu, 'clos') -%}
diffuses as (

    -- When too few persons enter, they wait for the next version: the partition is empty.
    select id_dossier from {{ entrants }}
    where (select count(*) from {{ partition }}) > 0
    {%- if avant %}
    union all
    select id_dossier from {{ avant }}
    union all
    select id_dossier from {{ registre(jeu, 'ouverts') }}
    anti join {{ sortants }} using (id_dossier)
    {%- endif %}

),

clos as (

    select id_dossier from diffuses
    anti join {{ ouverts }} using (id_dossier)

)
{%- endmacro %}

{#-
  CTE `lots`: the rows as they entered, those of this version included, of which a dossier may still be
  revised: the published row that each is part of, and its amounts that this row does not tell, with
  the row of ventilation that does (null: none).
-#}
{% macro lots(jeu, plan, niveaux, partition, communs, diffusion, ouverts) -%}
{%- set avant = registre(jeu, 'lots') -%}
{%- set dimensions = abandons_du_plan(plan) | sum(start=[]) -%}
diffusees as (

    select * from {{ diffusion }}

),

annonces as (

    {% for gardees in niveaux -%}
    select
        communs.num_ligne,
        communs.financeur,
        diffusees.num_ligne as annonce
    from {{ communs }} as communs
    inner join {{ partition }} as lignes on communs.num_ligne = lignes.num_ligne
    inner join diffusees
        on
            diffusees.niveau_diffusion = {{ plan | length + 1 + loop.index }}
            {%- for colonne in gardees %} and lignes.{{ colonne }} = diffusees.{{ colonne }}{% endfor %}
    where communs.etape = {{ loop.index }}
    union all
    {% endfor -%}
    select
        num_ligne,
        financeur,
        null as annonce
    from {{ communs }}
    where etape is null

),

communs_des_lots as (

    select
        num_ligne,
        list(struct_pack(financeur := financeur, annonce := annonce)) as communs
    from annonces
    group by num_ligne

),

nouveaux as (

    select
        lignes.num_ligne + {{ dernier_lot(jeu) }} as num_lot,
        diffusees.num_ligne,
        communs_des_lots.communs
    from {{ partition }} as lignes
    inner join diffusees using (niveau_diffusion, {{ dimensions | join(', ') }})
    left join communs_des_lots on lignes.num_ligne = communs_des_lots.num_ligne

),

lots as (

    select * from (
        select * from nouveaux
        {%- if avant %}
        union all by name
        select * from {{ avant }}
        {%- endif %}
    )
    semi join {{ ouverts }} using (num_lot)

)
{%- endmacro %}
