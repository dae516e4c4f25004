{#-
  The tables of exact totals that `vars.totaux` declares for the dataset of a model. Of each: its `nom`, its
  `grain` (mois, trimestre, annee), its `dimensions` with those that they imply, the last `niveau` of diffusion
  whose rows keep them, whether it waits for the definitive edition of its whole period (`est_ferme`), as
  rows do for what only level 1 tells, and whether it says who finances (`est_finance`).
-#}
{% macro tableaux() -%}
{%- set regles = reglages() -%}
{%- set tableaux = [] -%}
{%- for nom, declare in var('totaux')[jeu_du_modele()].items() -%}
    {%- set dimensions = [] -%}
    {%- for colonne in declare[1:] -%}
        {%- for dite in [colonne] + regles.implique.get(colonne, []) if dite not in dimensions -%}
            {%- do dimensions.append(dite) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set abandons = [] -%}
    {%- for colonnes in regles.plan -%}
        {%- set tirees = regles.tirees.items() | selectattr(1, 'in', colonnes) | map(attribute=0) | list -%}
        {%- if dimensions | select('in', colonnes + tirees) | list -%}
            {%- do abandons.append(loop.index) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set niveau = (abandons + [regles.plan | length + 1]) | first -%}
    {%- do tableaux.append({
        'nom': nom,
        'grain': declare[0].split('_')[0],
        'dimensions': dimensions,
        'niveau': niveau,
        'famille': 'certifications' if 'code_certification' in dimensions or 'certification_suivie' in dimensions
            else 'fermes' if niveau == 1 else 'autres',
        'est_ferme': niveau == 1,
        'est_finance': declare[0].startswith('annee') and declare | length <= 2
            and 'code_certification' not in declare and 'certification_suivie' not in declare,
    }) -%}
{%- endfor -%}
{%- do return(tableaux) -%}
{%- endmacro %}

{#- All that totals may be broken down by. -#}
{% macro dimensions_des_totaux() -%}
    {%- do return((reglages().plan | sum(start=[])) + (reglages().tirees | list)) -%}
{%- endmacro %}

{#- What a cell tells; the amounts by financer, once its year is definitive. -#}
{% macro mesures_des_totaux() -%}
    {%- set mesures = {
        'nb_dossiers': 'bigint',
        'nb_titulaires': 'bigint',
        'prix_moyen': 'decimal(12, 2)',
        'duree_moyenne': 'decimal(8, 1)',
        'montant_engage': 'decimal(18, 2)',
    } -%}
    {%- for montant in ['montant_personne'] + tous_les_montants() -%}
        {%- do mesures.update({montant: 'decimal(18, 2)'}) -%}
    {%- endfor -%}
    {%- do return(mesures) -%}
{%- endmacro %}

{#- The first day of the period of a cohort. -#}
{% macro debut_de_periode(grain) -%}
    cast(date_trunc('{{ {'mois': 'month', 'trimestre': 'quarter', 'annee': 'year'}[grain] }}', cohorte) as date)
{%- endmacro %}

{#- How many months a period lasts. -#}
{% macro duree_de_periode(grain) -%}
    {%- do return({'mois': 1, 'trimestre': 3, 'annee': 12}[grain]) -%}
{%- endmacro %}

{#- The period of a cohort is definitive as a whole. -#}
{% macro est_definitive(grain) -%}
    {{ debut_de_periode(grain) }} + interval {{ duree_de_periode(grain) + var('secret').mois_avant_definitif }} month <= {{ jour_de_la_livraison() }} + 1
{%- endmacro %}

{#- Two relations speak of the same cell of the same table. -#}
{% macro est_la_cellule(une, autre) -%}
    {{ une }}.tableau = {{ autre }}.tableau
        and {{ une }}.debut = {{ autre }}.debut
        {%- for colonne in dimensions_des_totaux() %}
        and {{ une }}.{{ colonne }} is not distinct from {{ autre }}.{{ colonne }}
        {%- endfor %}
{%- endmacro %}
