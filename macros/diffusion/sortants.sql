{#-
  Published dossiers that leave the lot in which they are, in their published state,
  for what they have become goes in again with `entrants`.

  A figure never changes by less than `seuil` persons: a dossier that was revised leaves only if, of
  its published row, nobody or at least `seuil` persons leave, leave for good and stay, and if for each amount by
  financer nobody or at least `seuil` contributors leave that row and stay behind the figure that tells
  it; nobody makes `part` of what leaves or stays. Otherwise it waits, in its published state.

  Of the columns that make a cell (`reglages().colonnes`), a row that has given up the coarsest column of
  the plan drawn from one does not show its revision.
-#}
{% macro sortants() -%}
{%- set dossiers = modele('dossiers') -%}
{%- set ouverts = registre('ouverts') -%}
{%- set tours = 6 -%}
with

{% if not ouverts -%}
sortants as (

    select
        * exclude (numero),
        0 as num_lot,
        0 as num_ligne,
        false as reste
    from {{ dossiers }}
    limit 0

)
{%- else -%}
lots as (

    select
        lots.*,
        lignes.niveau_diffusion
    from {{ registre('lots') }} as lots
    inner join {{ registre('lignes') }} as lignes on lots.num_ligne = lignes.num_ligne

),

ouverts as materialized (

    select
        ouverts.*,
        lots.num_ligne,
        ouverts.{{ reglages().periode.colonne }} > {{ premier_jour_provisoire() }}
        and (
            actuels.id_dossier is null
            or {{ etats_differents('ouverts', 'actuels') }}
            {%- for brute, colonne in reglages().colonnes.items() %}
            or (
                lots.niveau_diffusion < {{ niveau_d_abandon(reglages().plan, colonne) }}
                and ouverts.{{ brute }} is distinct from actuels.{{ brute }}
            )
            {%- endfor %}
        ) as est_revise
    from {{ ouverts }} as ouverts
    inner join lots on ouverts.num_lot = lots.num_lot
    left join {{ dossiers }} as actuels on ouverts.id_dossier = actuels.id_dossier

),

versements as materialized (

    {{ versements_diffuses('ouverts') }}

),

candidats_0 as materialized (

    select id_dossier from ouverts
    where est_revise

),
{% for tour in range(tours + 1) %}

refus_{{ tour }} as materialized (

    {{ _refus('candidats_' ~ tour, regles_du_secret()) }}

),
{% if not loop.last %}

candidats_{{ tour + 1 }} as materialized (

    select id_dossier from candidats_{{ tour }}
    anti join refus_{{ tour }} using (id_dossier)

),
{% endif %}
{% endfor %}

-- Each round holds back what would tell too much, until nothing does; else all wait.
libres as (

    select id_dossier from candidats_{{ tours }}
    where (select count(*) from refus_{{ tours }}) = 0

),

sortants as (

    select
        ouverts.* exclude (est_revise),
        restants.titulaire is not null as reste
    from ouverts
    semi join libres on ouverts.id_dossier = libres.id_dossier
    left join (
        select distinct
            num_ligne,
            titulaire
        from ouverts
        anti join libres on ouverts.id_dossier = libres.id_dossier
    ) as restants on ouverts.num_ligne = restants.num_ligne and ouverts.titulaire = restants.titulaire

)
{%- endif %}

select * from sortants
{%- endmacro %}

{#- Level from which a column of the plan is given up. -#}
{% macro niveau_d_abandon(plan, colonne) -%}
    {%- for abandons in abandons_du_plan(plan) if colonne in abandons %}{{ loop.index }}{% endfor -%}
{%- endmacro %}

{#- The dossiers of `candidats` that may not leave together with the others. -#}
{% macro _refus(candidats, regles) -%}
    with

    -- By row: who leaves, who stays, and what of the amount is whose.
    personnes as (

        select
            ouverts.num_ligne,
            ouverts.titulaire,
            count(candidats.id_dossier) as departs,
            count(*) as presences,
            sum(ouverts.montant_engage) filter (where candidats.id_dossier is not null) as montant
        from ouverts
        semi join (select num_ligne from ouverts semi join {{ candidats }} using (id_dossier)) as touchees
            on ouverts.num_ligne = touchees.num_ligne
        left join {{ candidats }} as candidats on ouverts.id_dossier = candidats.id_dossier
        group by ouverts.num_ligne, ouverts.titulaire

    ),

    lignes_refusees as (

        select personnes.num_ligne
        from personnes
        inner join {{ registre('lignes') }} as lignes on personnes.num_ligne = lignes.num_ligne
        group by personnes.num_ligne
        having
            count(*) filter (where departs > 0) < {{ regles.seuil }}
            or count(*) filter (where departs = presences) between 1 and {{ regles.seuil - 1 }}
            or max(montant) >= {{ regles.part }} * nullif(sum(montant), 0)::double
            or (
                count(*) filter (where departs < presences) < {{ regles.seuil }}
                and sum(departs) < max(lignes.nb_dossiers)
            )

    ),

    -- By row and financer: whose amounts leave.
    departs as (

        select
            num_ligne,
            financeur,
            titulaire,
            sum(montant) as montant
        from versements
        semi join {{ candidats }} using (id_dossier)
        group by num_ligne, financeur, titulaire

    ),

    departs_refuses as (

        select
            num_ligne,
            financeur
        from departs
        group by num_ligne, financeur
        having count(*) < {{ regles.seuil }} or max(montant) >= {{ regles.part }} * sum(montant)::double

    ),

    -- By figure: what stays told by it. What a row does not tell stays together in its remainder.
    figures as (

        select
            id_dossier,
            titulaire,
            montant,
            annonce as num_ligne,
            financeur as figure
        from versements
        where annonce is not null
        union all
        select
            id_dossier,
            titulaire,
            montant,
            num_ligne,
            'commun' as figure
        from versements
        where annonce is distinct from num_ligne

    ),

    restants as (

        select
            figures.num_ligne,
            figures.figure,
            figures.titulaire,
            sum(figures.montant) as montant
        from figures
        semi join (select num_ligne, figure from figures semi join {{ candidats }} using (id_dossier)) as touchees
            on figures.num_ligne = touchees.num_ligne and figures.figure = touchees.figure
        anti join {{ candidats }} as candidats on figures.id_dossier = candidats.id_dossier
        group by figures.num_ligne, figures.figure, figures.titulaire

    ),

    restants_refuses as (

        select
            num_ligne,
            figure
        from restants
        group by num_ligne, figure
        having count(*) < {{ regles.seuil }} or max(montant) >= {{ regles.part }} * sum(montant)::double

    )

    select ouverts.id_dossier
    from ouverts
    semi join {{ candidats }} using (id_dossier)
    semi join lignes_refusees using (num_ligne)
    union
    select versements.id_dossier
    from versements
    semi join {{ candidats }} using (id_dossier)
    semi join departs_refuses using (num_ligne, financeur)
    union
    select figures.id_dossier
    from figures
    semi join {{ candidats }} using (id_dossier)
    semi join restants_refuses using (num_ligne, figure)
{%- endmacro %}

{#- Each amount of published dossiers, and the row that tells it (`annonce`): theirs, a row of ventilation,
    or none. -#}
{% macro versements_diffuses(dossiers) -%}
    select
        parts.id_dossier,
        parts.num_ligne,
        parts.titulaire,
        parts.financeur,
        parts.montant,
        if(communs.financeur is null, parts.num_ligne, communs.annonce) as annonce
    from (
        unpivot (
            select
                id_dossier,
                num_ligne,
                num_lot,
                titulaire,
                {{ tous_les_montants() | join(', ') }}
            from {{ dossiers }}
        )
        on {{ tous_les_montants() | join(', ') }}
        into name financeur value montant
    ) as parts
    left join (
        select
            num_lot,
            unnest(communs, recursive := true)
        from {{ registre('lots') }}
    ) as communs on parts.num_lot = communs.num_lot and parts.financeur = communs.financeur
    where parts.montant <> 0
{%- endmacro %}
