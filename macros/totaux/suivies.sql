{#-
  The certifications that tables may break down by month or by région: of each year, those that had enough
  dossiers the year before (that year, when it is the first). The others would be secret nearly everywhere:
  they are told together, by domain. What was told of a year keeps its list.
-#}
{% macro suivies() -%}
{%- set anterieurs = registre('totaux') -%}
with

comptes as (

    select
        cellules.code_certification,
        year(cellules.cohorte) as annee,
        sum(len(cellules.numeros)) as nb_dossiers
    from {{ modele('cellules') }} as cellules
    group by cellules.code_certification, annee
    {%- if registre('comptes') %}
    union all
    select
        code_certification,
        year(cohorte) as annee,
        count(*) as nb_dossiers
    from {{ registre('comptes') }}
    anti join {{ modele('editions') }} using (cohorte)
    where sens = 1
    group by code_certification, annee
    {%- endif %}

),

annees as (

    select
        annee,
        greatest(annee - 1, (select min(annee) from comptes)) as annee_comptee
    from (select distinct annee from comptes)
    {%- if anterieurs %}
    where annee not in (select year(debut) from {{ anterieurs }} where certification_suivie is not null)
    {%- endif %}

)

select
    comptes.code_certification,
    annees.annee
from comptes
inner join annees on comptes.annee = annees.annee_comptee
group by comptes.code_certification, annees.annee
having sum(comptes.nb_dossiers) >= {{ reglages().suivie_a_partir_de }}
{%- if anterieurs %}
union
select
    certification_suivie as code_certification,
    year(debut) as annee
from {{ anterieurs }}
where certification_suivie <> 'REGROUPE'
{%- endif %}
{%- endmacro %}
