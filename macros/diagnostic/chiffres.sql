{# Readings of the key figures (docs/decisions/0021): for a figure, the dataset, what its rows are filtered by, the
   period, the perimeter, and one expression. The value and the published query are made of the same words; of
   several readings of a figure, the first that has a value is kept. #}

{% macro jeu_du_chiffre(nom) -%}
    {{ return({
        'A': 'moncompteformation_formations_engagees',
        'AT': 'moncompteformation_formations_engagees_totaux',
        'U': 'moncompteformation_usagers',
        'UT': 'moncompteformation_usagers_totaux',
        'E': 'entree_sortie_formation',
        'O': 'moncompteformation_catalogueformation',
    }[nom]) }}
{%- endmacro %}

{# Of the ten largest of a list, the sum. #}
{% macro dix_premiers(nombre, filtre='') -%}
    list_sum((list({{ nombre }} order by {{ nombre }} desc)
    {%- if filtre %} filter (where {{ filtre }}){% endif %})[1:10])
{%- endmacro %}

{# A share, and its base; what is not told is beside. #}
{% macro lecture_de_part(chiffre, jeu, grain, filtre, periode, lieu, partie, base, nombre='nb_dossiers', ordre=1, inconnue='', sans_secret=true) -%}
    {%- set complet = 'count(' ~ nombre ~ ') = count(*)' if sans_secret else 'true' -%}
    {{ return({
        'chiffre': chiffre, 'jeu': jeu, 'grain': grain, 'filtre': filtre, 'periode': periode, 'lieu': lieu,
        'ordre': ordre, 'base': 'sum(' ~ nombre ~ ') filter (where ' ~ base ~ ')',
        'expression': 'case when ' ~ complet ~ ' then coalesce(sum(' ~ nombre ~ ') filter (where ' ~ partie
            ~ '), 0) / nullif(sum(' ~ nombre ~ ') filter (where ' ~ base ~ '), 0) end',
        'inconnue': inconnue,
    }) }}
{%- endmacro %}

{% macro lectures_des_chiffres() -%}
    {%- set lectures = [] -%}
    {%- set region = 'code_region_lieu_formation' -%}
    {%- set residence = 'code_region_residence' -%}
    {%- set producteur = "edition = 'producteur'" -%}
    {%- set annule = "statut_dossier in ('Clos - Non Réalisé annulé titulaire', 'Clos - Non Réalisé annulé OF', "
        ~ "'Dossier annulé gestionnaire', 'Rejeté')" -%}
    {%- set clos = "statut_dossier in ('Clos - Réalisation Totale', 'Clos - Réalisation Partielle')" -%}
    {%- set total = "statut_dossier = 'Clos - Réalisation Totale'" -%}
    {%- set murs = producteur ~ " and last_day(strptime(mois_validation, '%Y-%m')) <= valeur_du - interval 13 month" -%}
    {%- set permis = "code_certification between 'CPF206' and 'CPF222'" -%}

    {# Purchases: totals by month, quarter and year, of the country and by région; else rows. #}
    {%- for grain, periode in [('mois', 'mois_validation'), ('trimestre', 'trimestre_validation'), ('annee', 'annee_validation')] -%}
        {%- for chiffre, exact, somme in [
            ('dossiers_valides', 'sum(nb_dossiers)', 'sum(nb_dossiers)'),
            ('montant_engage', 'sum(montant_engage)', 'sum(montant_engage) filter (where nb_dossiers > 0)'),
            ('prix_moyen', 'sum(montant_engage) / sum(nb_dossiers)',
             'sum(montant_engage) / sum(nb_dossiers) filter (where montant_engage is not null)'),
        ] -%}
            {%- for lieu in ['', region] -%}
                {%- do lectures.append({'chiffre': chiffre, 'jeu': 'AT', 'grain': grain, 'periode': 'periode', 'lieu': lieu,
                    'filtre': "tableau = '" ~ grain ~ ('_region' if lieu else '') ~ "'", 'expression': exact,
                    'base': 'sum(nb_dossiers)', 'ordre': 1}) -%}
                {%- do lectures.append({'chiffre': chiffre, 'jeu': 'A', 'grain': grain, 'periode': periode, 'lieu': lieu,
                    'filtre': 'nb_dossiers > 0' if chiffre == 'dossiers_valides' and not lieu else producteur,
                    'expression': somme, 'base': 'sum(nb_dossiers)', 'ordre': 2}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- do lectures.append({'chiffre': 'titulaires_annee', 'jeu': 'AT', 'grain': 'annee', 'periode': 'periode', 'lieu': '',
        'filtre': "tableau = 'annee'", 'expression': 'sum(nb_titulaires)', 'base': 'sum(nb_dossiers)', 'ordre': 1}) -%}
    {%- do lectures.append({'chiffre': 'prix_horaire', 'jeu': 'A', 'grain': 'annee', 'periode': 'annee_validation', 'lieu': '',
        'filtre': 'duree_moyenne > 0 and montant_engage is not null',
        'expression': 'sum(montant_engage) / sum(nb_dossiers * duree_moyenne)', 'base': 'sum(nb_dossiers)', 'ordre': 1}) -%}

    {%- for lieu in ['', region] -%}
        {%- set par = 'annee_region_' if lieu else 'annee_' -%}
        {%- for chiffre, partie in [('part_rncp', "type_referentiel = 'RNCP'"), ('part_rs', "type_referentiel = 'RS'"),
                                    ('part_exceptions', 'type_referentiel is null')] -%}
            {%- do lectures.append(lecture_de_part(chiffre, 'AT', 'annee', "tableau = '" ~ par ~ "type'", 'periode', lieu, partie, 'true')) -%}
            {%- do lectures.append(lecture_de_part(chiffre, 'A', 'annee', producteur, 'annee_validation', lieu, partie, 'true', ordre=2, sans_secret=false)) -%}
        {%- endfor -%}
        {%- for chiffre, partie, base in [('taux_annulation', annule, 'true'), ('taux_realisation', total, clos)] -%}
            {%- do lectures.append(lecture_de_part(chiffre, 'AT', 'annee',
                "edition = 'definitive' and tableau = '" ~ par ~ "statut'", 'periode', lieu, partie, base)) -%}
            {%- do lectures.append(lecture_de_part(chiffre, 'A', 'annee', murs, 'annee_validation', lieu, partie, base, ordre=2, sans_secret=false)) -%}
        {%- endfor -%}
        {%- for jeu, filtre, periode, ordre, secret in [
            ('AT', "edition = 'definitive' and tableau = '" ~ par ~ "modalite'", 'periode', 1, true),
            ('A', producteur, 'annee_validation', 2, false)] -%}
            {%- do lectures.append(lecture_de_part('part_distance', jeu, 'annee', filtre, periode, lieu,
                "modalite_presence = 'À distance'", "modalite_presence in ('À distance', 'En présentiel', 'Mixte')",
                ordre=ordre, sans_secret=secret,
                inconnue="1 - sum(nb_dossiers) filter (where modalite_presence in ('À distance', 'En présentiel', 'Mixte')) / sum(nb_dossiers)")) -%}
        {%- endfor -%}
        {%- for financeur in ['titulaire', 'reste_a_charge', 'employeur', 'france_travail', 'opco', 'region', 'agefiph', 'transitions_pro', 'autre'] -%}
            {%- for jeu, filtre, periode, ordre in [('AT', "tableau = '" ~ par[:-1] ~ "'", 'periode', 1), ('A', producteur, 'annee_validation', 2)] -%}
                {%- do lectures.append({'chiffre': 'part_financeur_' ~ financeur, 'jeu': jeu, 'grain': 'annee', 'periode': periode, 'lieu': lieu,
                    'filtre': filtre, 'expression': 'sum(montant_' ~ financeur ~ ') / nullif(sum(montant_engage), 0)',
                    'base': 'sum(nb_dossiers)', 'inconnue': 'sum(montant_non_ventile) / nullif(sum(montant_engage), 0)', 'ordre': ordre}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for jeu, filtre, periode, ordre in [('AT', "tableau = '" ~ par[:-1] ~ "'", 'periode', 1), ('A', producteur, 'annee_validation', 2)] -%}
            {%- do lectures.append({'chiffre': 'reste_a_charge_moyen', 'jeu': jeu, 'grain': 'annee', 'periode': periode, 'lieu': lieu,
                'filtre': filtre, 'expression': 'sum(montant_reste_a_charge) / sum(nb_dossiers)', 'base': 'sum(nb_dossiers)',
                'inconnue': 'sum(montant_non_ventile) / nullif(sum(montant_engage), 0)', 'ordre': ordre}) -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- set dans_annee = "tableau = 'annee_certification'" -%}
    {%- for chiffre, jeu, filtre, periode, ordre, expression in [
        ('part_permis', 'AT', "tableau in ('annee', 'annee_certification')", 'periode', 1,
         "case when count(*) filter (where " ~ permis ~ " and nb_dossiers is null) = 0 then coalesce(sum(nb_dossiers) filter (where "
         ~ permis ~ "), 0) / nullif(max(nb_dossiers) filter (where tableau = 'annee'), 0) end"),
        ('part_permis', 'A', producteur, 'annee_validation', 2,
         'coalesce(sum(nb_dossiers) filter (where ' ~ permis ~ '), 0) / nullif(sum(nb_dossiers), 0)'),
        ('part_top10', 'AT', "tableau in ('annee', 'annee_certification')", 'periode', 1,
         dix_premiers('nb_dossiers', "tableau = 'annee_certification' and nb_dossiers > 0 and code_certification not in ('REGROUPE', 'NR')")
         ~ " / nullif(max(nb_dossiers) filter (where tableau = 'annee'), 0)"),
    ] -%}
        {%- do lectures.append({'chiffre': chiffre, 'jeu': jeu, 'grain': 'annee', 'periode': periode, 'lieu': '', 'filtre': filtre,
            'expression': expression, 'ordre': ordre,
            'base': "max(nb_dossiers) filter (where tableau = 'annee')" if jeu == 'AT' else 'sum(nb_dossiers)'}) -%}
    {%- endfor -%}
    {%- do lectures.append({'chiffre': 'part_top10', 'jeu': 'A', 'grain': 'annee', 'periode': 'annee_validation', 'lieu': '',
        'filtre': 'true', 'ordre': 2, 'base': 'sum(nb_dossiers)',
        'relation': "(select annee_validation, code_certification, sum(nb_dossiers) as nb_dossiers from {jeu} where " ~ producteur
            ~ " group by all)",
        'expression': dix_premiers('nb_dossiers', "nb_dossiers > 0 and code_certification <> 'NR'") ~ ' / nullif(sum(nb_dossiers), 0)'}) -%}

    {# Users: entries, by quarter and year. #}
    {%- for grain, colonne in [('trimestre', 'trimestre_entree'), ('annee', 'annee_entree')] -%}
        {%- for lieu in ['', residence] -%}
            {%- set par = grain ~ ('_region' if lieu else '') -%}
            {%- do lectures.append({'chiffre': 'entrees', 'jeu': 'UT', 'grain': grain, 'periode': 'periode', 'lieu': lieu,
                'filtre': "tableau = '" ~ par ~ "'", 'expression': 'sum(nb_dossiers)', 'base': 'sum(nb_dossiers)', 'ordre': 1}) -%}
            {%- do lectures.append({'chiffre': 'entrees', 'jeu': 'U', 'grain': grain, 'periode': colonne, 'lieu': lieu,
                'filtre': 'nb_dossiers > 0' if not lieu else producteur, 'expression': 'sum(nb_dossiers)', 'base': 'sum(nb_dossiers)', 'ordre': 2}) -%}
            {%- for chiffre, tableau, partie, connue in [
                ('part_demandeurs_emploi', 'csp', "situation = 'Demandeur d''emploi'", "situation not in ('REGROUPE', 'NR', 'Non renseigné')"),
                ('part_cadres', 'csp', "csp = 'Cadre'", "csp not in ('REGROUPE', 'NR', 'Non renseigné', 'Sans activité ou non renseignée')"),
                ('part_femmes', 'genre', "genre = 'Femme'", "genre in ('Femme', 'Homme')"),
                ('part_50_ans', 'age', "tranche_age = '50 ans et plus'", "tranche_age not in ('REGROUPE', 'NR', 'Non renseigné')"),
            ] -%}
                {%- set inconnue = '1 - sum(nb_dossiers) filter (where ' ~ connue ~ ') / sum(nb_dossiers)' -%}
                {%- do lectures.append(lecture_de_part(chiffre, 'UT', grain, "tableau = '" ~ par ~ '_' ~ tableau ~ "'", 'periode', lieu,
                    partie, connue, inconnue=inconnue)) -%}
                {%- do lectures.append(lecture_de_part(chiffre, 'U', grain, producteur, colonne, lieu, partie, connue, ordre=2,
                    inconnue=inconnue, sans_secret=false)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do lectures.append({'chiffre': 'entrees', 'jeu': 'E', 'grain': grain, 'periode': colonne[:-7], 'lieu': '',
            'filtre': producteur, 'expression': 'sum(entrees_formation)', 'base': 'sum(entrees_formation)', 'ordre': 3}) -%}
    {%- endfor -%}
    {%- do lectures.append({'chiffre': 'concentration_entrees', 'jeu': 'E', 'grain': 'annee', 'periode': 'annee', 'lieu': '', 'ordre': 1,
        'relation': '(select annee, siren_of_contractant, sum(entrees_formation) as entrees from {jeu} group by all)', 'filtre': 'entrees > 0',
        'expression': dix_premiers('entrees', "siren_of_contractant not in ('REGROUPE', 'NR')") ~ ' / sum(entrees)', 'base': 'sum(entrees)'}) -%}

    {# The offer: of each kept version, the month that it is about. #}
    {%- set mois = "strftime(date_chargement, '%Y-%m')" -%}
    {%- for lieu in ['', 'code_region'] -%}
        {%- for chiffre, expression in [
            ('formations', 'count(distinct numero_formation)'), ('organismes', 'count(distinct left(siret_of, 9))'),
            ('certifications', 'count(distinct (type_referentiel, code_rs, code_rncp)) filter (type_referentiel is not null)'), ('sessions', 'sum(nb_session_active)'),
        ] -%}
            {%- do lectures.append({'chiffre': chiffre, 'jeu': 'O', 'grain': 'mois', 'periode': mois, 'lieu': lieu, 'filtre': 'true',
                'expression': expression, 'base': 'count(distinct numero_formation)', 'ordre': 1}) -%}
        {%- endfor -%}
        {%- for chiffre, colonne in [('prix_affiche_median', 'frais_ttc_tot_mean'), ('duree_mediane', 'nombre_heures_total_mean')] -%}
            {%- do lectures.append({'chiffre': chiffre, 'jeu': 'O', 'grain': 'mois', 'periode': mois, 'lieu': lieu, 'filtre': 'true', 'ordre': 1,
                'relation': '(select date_chargement, numero_formation' ~ (', ' ~ lieu if lieu else '') ~ ', avg(' ~ colonne ~ ') as mesure from {jeu} where '
                    ~ colonne ~ ' > 0 group by all)',
                'expression': 'median(mesure)', 'base': 'count(*)'}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(lectures) }}
{%- endmacro %}

{# One reading as rows: what it says of each period and perimeter, and the query that says it again. #}
{% macro lignes_du_chiffre(lecture) -%}
    {%- set jeu = jeu_du_chiffre(lecture.jeu) -%}
    {%- set gabarit = lecture.get('relation') or '{jeu}' -%}
    {%- set publie = gabarit.replace('{jeu}', jeu) -%}
    {%- set table = 'versions_du_catalogue' if lecture.jeu == 'O' else jeu -%}
    {%- set lu = gabarit.replace('{jeu}', source('publies', table) | string) -%}
    {%- set texte = 'select ' ~ lecture.expression ~ ' as valeur from ' ~ publie ~ ' where ' ~ lecture.filtre -%}
    select
        '{{ lecture.chiffre }}' as chiffre,
        '{{ lecture.grain }}' as grain,
        cast({{ lecture.periode }} as varchar) as periode,
        {{ "'REG-' || " ~ lecture.lieu if lecture.lieu else "'FR'" }} as perimetre,
        cast({{ lecture.expression }} as double) as valeur,
        cast({{ lecture.base }} as bigint) as effectif,
        cast({{ lecture.get('inconnue') or 'null' }} as double) as part_non_ventilee,
        '{{ jeu }}' as jeu_source,
        '{{ texte | replace("'", "''") }}'
        || ' and cast({{ lecture.periode | replace("'", "''") }} as varchar) = ''' || cast({{ lecture.periode }} as varchar) || ''''
        {%- if lecture.lieu %}
        || ' and {{ lecture.lieu }} = ''' || {{ lecture.lieu }} || ''''
        {%- endif %} as requete,
        {{ lecture.ordre }} as ordre
    from {{ lu }}
    where {{ lecture.filtre }}
        {%- if lecture.lieu %} and {{ lecture.lieu }} in (select code from {{ ref('regions') }}){% endif %}
    group by {{ lecture.periode }}{% if lecture.lieu %}, {{ lecture.lieu }}{% endif %}
{%- endmacro %}
