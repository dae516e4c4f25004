-- Who finances the cells of the tables that tell it, in the years that are definitive. Of each and each figure: its sum
-- and what the file says (cents); the persons who have a part of what no row tells of it, and whether these are too
-- few: counted one by one where they may be.
{%- set apart = ["montant_titulaire", "montant_reste_a_charge", "participation", "supplement", "dossiers_apart"] %}
{%- set chiffres = parts + ["dossiers"] + apart %}
with

dossiers as materialized (

    select
        titulaire,
        date_trunc('year', cohorte)::date as debut,
        {{ dims | join(', ') }},
        coalesce(niveau, 99) as niveau,
        financeurs_sont_dits,
        parts_sont_dites,
        {% for chiffre in montants + ["participation"] -%}
        {{ chiffre }},
        {% endfor -%}
        montant_titulaire + montant_reste_a_charge as montant_personne,
        montant_reste_a_charge - participation as supplement,
        1 as dossiers,
        1 as dossiers_apart
    from comptes_totaux
    where
        sens = 1
        and date_trunc('year', cohorte)::date + interval {{ 12 + mois_avant_definitif }} month <= (select max(date_extraction)::date + 1 from {{ tables.depots }} where source = 'dossiers')

),

-- How many dossiers a person has at most in a year.
repetitions as (

    select coalesce(max(nombre), 1) as au_plus
    from (
        select count(*) as nombre
        from dossiers
        semi join pluriels using (titulaire)
        group by titulaire, debut
    )

),

sommes as (

    select
        debut,
        {{ dims | join(', ') }},
        niveau,
        financeurs_sont_dits,
        parts_sont_dites,
        {%- for chiffre in chiffres %}
        sum({{ chiffre }}) as {{ chiffre }},
        count_if({{ chiffre }} <> 0) as nb_{{ chiffre }},
        max({{ chiffre }}) as max_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dossiers
    group by all

),

{%- for tableau in finances %}

{{ tableau.nom }}_cellules as materialized (

    select
        numero,
        {%- for chiffre in chiffres %}
        {%- set reste = "not (sommes.niveau <= %s and %s)" % (tableau.level, "parts_sont_dites" if chiffre in apart else "financeurs_sont_dits") %}
        sum(sommes.{{ chiffre }})::bigint as {{ chiffre }},
        coalesce(sum(sommes.{{ chiffre }}) filter (where {{ reste }}), 0)::bigint as reste_{{ chiffre }},
        coalesce(sum(sommes.nb_{{ chiffre }}) filter (where {{ reste }}), 0)::bigint as nb_{{ chiffre }},
        coalesce(max(sommes.max_{{ chiffre }}) filter (where {{ reste }}), 0)::bigint as max_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from sommes
    inner join cellules_totaux
        on
            cellules_totaux.tableau = '{{ tableau.nom }}'
            and cellules_totaux.est_en_vue
            and sommes.debut = cellules_totaux.debut
            {%- for colonne in tableau.dimensions %}
            and sommes.{{ colonne }} = cellules_totaux.{{ colonne }}
            {%- endfor %}
    group by numero

),
{%- for chiffre in chiffres %}

{{ tableau.nom }}_{{ chiffre }} as (

    select
        numero,
        '{{ chiffre }}' as chiffre,
        count(*) as personnes,
        max(montant) as maximum,
        sum(montant) as reste
    from (
        select
            cellules_totaux.numero,
            titulaire,
            sum(dossiers.{{ chiffre }}) as montant
        from dossiers
        inner join cellules_totaux
            on
                cellules_totaux.tableau = '{{ tableau.nom }}'
                and dossiers.debut = cellules_totaux.debut
                {%- for colonne in tableau.dimensions %}
                and dossiers.{{ colonne }} = cellules_totaux.{{ colonne }}
                {%- endfor %}
        where
            dossiers.{{ chiffre }} <> 0
            and not (dossiers.niveau <= {{ tableau.level }} and {{ "parts_sont_dites" if chiffre in apart else "financeurs_sont_dits" }})
            and cellules_totaux.numero in (
                select numero from {{ tableau.nom }}_cellules cross join repetitions
                where nb_{{ chiffre }} between 1 and {{ seuil }} * au_plus or max_{{ chiffre }} * au_plus >= {{ dominance }} * reste_{{ chiffre }}::double
            )
        group by cellules_totaux.numero, titulaire
    )
    group by numero

),
{%- endfor %}
{%- endfor %}

comptees as (

    {%- for tableau in finances %}
    {%- set derniere = loop.last %}
    {%- for chiffre in chiffres %}
    {%- set dit = chiffre ~ "_dit" if chiffre in dicibles else "null::bigint" %}
    select
        cellules.numero,
        '{{ chiffre }}' as chiffre,
        {{ tableau.dimensions | length > 0 }} as est_detaille,
        cellules.{{ chiffre }} as somme,
        {{ dit }} as dit,
        coalesce(montants_par_financeur = 'publies', false) as tout_est_dit,
        coalesce(diffusion = 'publie', false) as est_publie,
        coalesce(exactes.personnes, cellules.nb_{{ chiffre }} // (select au_plus from repetitions)) as personnes,
        coalesce(exactes.personnes, cellules.nb_{{ chiffre }}) as personnes_au_plus,
        coalesce(exactes.personnes < {{ seuil }} or exactes.maximum >= {{ dominance }} * exactes.reste::double, false) as est_trop_peu
    from {{ tableau.nom }}_cellules as cellules
    inner join cellules_totaux using (numero)
    left join {{ tableau.nom }}_{{ chiffre }} as exactes using (numero)
    {{ 'union all' if not (derniere and loop.last) }}
    {%- endfor %}
    {%- endfor %}

),

autres as (

    select
        numero,
        max(personnes) filter (where chiffre = 'dossiers') as personnes,
        max(personnes) filter (where chiffre = 'dossiers_apart') as personnes_apart
    from comptees
    group by numero

)

select
    comptees.* exclude (est_trop_peu),
    est_trop_peu
    -- having it says something of a person: enough have not
    or (chiffre in ('{{ sensibles | join("', '") }}') and comptees.personnes > 0 and autres.personnes - comptees.personnes_au_plus < {{ seuil }})
    or (chiffre = 'participation' and comptees.personnes > 0 and personnes_apart - comptees.personnes_au_plus < {{ seuil }})
    or (chiffre in ('{{ nationaux | join("', '") }}') and est_detaille and comptees.personnes > 0) as est_trop_peu
from comptees
inner join autres on comptees.numero = autres.numero
where chiffre not in ('dossiers', 'dossiers_apart')
