-- The dossiers known today that no published row holds: of cohorts that have not ended or are too small, or
-- come since the provisional edition of theirs. Rounded down, so that no difference of two reports tells of a
-- few.
with

publiees as (

    select distinct
        cohorte,
        edition
    from {{ tables.diffusion }}

),

a_venir as (

    select count(*) as nombre
    from actuels
    anti join publiees using (cohorte)

),

arrives_depuis as (

    select count(*) as nombre
    from actuels
    semi join (from publiees where edition = 'provisoire') using (cohorte)
    anti join {{ tables.suivis }} using (id_dossier)

),

non_repris as (

    select count(*) as nombre
    from actuels
    semi join (from {{ tables.editions }} where est_suivie) using (cohorte)
    anti join {{ tables.familles }} using (numero)

)

select
    {% for attente in ['a_venir', 'arrives_depuis', 'non_repris'] -%}
    {{ seuil }} * ((select nombre from {{ attente }}) // {{ seuil }}) as {{ attente }}{{ ',' if not loop.last }}
    {% endfor %}
