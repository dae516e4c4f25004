{#- Persons addressed in a free text: `Mme Claire MARTIN`, `contact : Prénom NOM`, `votre formateur …`. -#}

{#-
  SQL of the text without them. A title that nobody follows (`Monsieur Bricolage`, `Maître Nageur`) is
  first parted from what follows by a sign that no text holds, then joined again.
-#}
{% macro masquer_les_personnes(texte) -%}
    {%- set separes -%}
        regexp_replace({{ texte }}, '{{ motif_de_non_personne() }}', concat('\1\3\5', chr(1), '\2\4\6'), 'g')
    {%- endset -%}
    {%- set sans_titre -%}
        regexp_replace({{ separes }}, '{{ motif_de_titre() }}', '\1{{ masque('personne') }}', 'g')
    {%- endset -%}
    {%- set sans_role -%}
        regexp_replace({{ sans_titre }}, '{{ motif_de_role() }}', '\1\2\3\4{{ masque('personne') }}', 'g')
    {%- endset -%}
    {{- 'replace(' ~ sans_role ~ ', chr(1), \'\')' -}}
{%- endmacro %}

{% macro lettre() -%}
    [A-Za-zÀ-ÖØ-öø-ž\x{300}-\x{36f}]
{%- endmacro %}

{#- One word of a name: a capital, then a letter at least (NOM, Nom-Nom, O'Nom, H&eacute;l&egrave;ne). -#}
{% macro nom() -%}
    {%- set accent %}(?:acute|grave|circ|uml|cedil|tilde|ring|lig);{% endset -%}
    {%- set motif -%}
        (?:\p{Lu}|&[A-Z]{1,2}{{ accent }})
        (?:{{ lettre() }}|&[A-Za-z]{1,2}{{ accent }}|[''’-]|&rsquo;|&#(?:39|8217);|\p{Cf})*
        (?:{{ lettre() }}|&[A-Za-z]{1,2}{{ accent }})
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#- A whole name of at most so many words, with its particles. -#}
{% macro noms(mots) -%}
    {%- set particule -%}
        (?:(?:de|du|des|de la|van|von|der|den|ben|bin|el|al|di|da|dos){{ blanc() }}+|d[''’])*
    {%- endset -%}
    {{- particule ~ nom() ~ '(?:' ~ blanc() ~ '+' ~ particule ~ nom() ~ '){0,' ~ (mots - 1) ~ '}' -}}
{%- endmacro %}

{% macro titre() -%}
    {%- set motif -%}
        (?:(?:MM?|DR|Pr|Prof)[.]
        |(?:Dr|(?i:mrs?|mmes?|mlles?|melle|mgr|monsieur|madame|mademoiselle|mesdames|messieurs|docteur))(?:[.]|\s|{{ blanc() }}))
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{% macro role() -%}
    {%- set motif -%}
        (?i:contact(?:ez|er)?|format(?:eur|rice)|intervenante?|animat(?:eur|rice)|référente?|responsable
        |coordinat(?:eur|rice)|conseill[eè]re?|direct(?:eur|rice)|assistante?|secrétaire|tut(?:eur|rice)
        |coach|enseignante?|professeure?|consultante?|interlocut(?:eur|rice)|gérante?|dirigeante?
        |présidente?|fondat(?:eur|rice)|psychologue|monit(?:eur|rice)|instruct(?:eur|rice)|aut(?:eur|rice)
        |avocate?|médecin|examinat(?:eur|rice)|joindre|appele[rz]|auprès de|avec|par)
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#- With at most three words more: `formateur en langues`, `Référent Handicap`. -#}
{% macro role_et_mots() -%}
    {%- set motif %}{{ role() }}s?(?:{{ blanc() }}+[A-Za-zÀ-ÖØ-öø-ž''’]+){0,3}{% endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#- What parts a role from a name: blanks, or a sign with whatever tags come after it. -#}
{% macro entre_role_et_nom() -%}
    (?:{{ blanc() }}+|{{ blanc() }}*[:,(–—-](?:\s|{{ blanc() }}|<[^<>]*>)*)
{%- endmacro %}

{#- What follows a title or a role and names nobody, though it has a capital. -#}
{% macro motif_de_non_personne() -%}
    {%- set apres_titre = 'bricolage propre meuble store cuisine hyde robot bean sc ed eng phil et ou en es ès madame
        monsieur mademoiselle mesdames messieurs maire ministre ingénieur ingénieure vétérinaire directeur
        directrice président présidente responsable formateur formatrice'.split() -%}
    {%- set apres_maitre = 'praticien praticienne nageur reiki restaurateur restauratrice artisan chien coiffeur
        boulanger pâtissier cuisinier apprentissage stage ouvrage œuvre former lancer préparer'.split() -%}
    {%- set apres_role = 'service services pole pôle centre agence équipe equipe secrétariat accueil direction organisme
        institut école ecole campus société groupe cabinet notre votre nos nous un une expert experte professionnel
        professionnelle certifié certifiée formateur formatrice formation consultant consultante directeur
        directrice président présidente responsable référent référente chef email e-mail mail courriel tel tél
        téléphone google microsoft adobe excel word wordpress office autocad photoshop sap sage ciel permis bac bts
        cap mission maison cléa tosa icdl toeic sst caces france cci greta afpa sarl sas'.split() -%}
    {%- set fonction %}L[EAea][Ss]? (?i:direct|maire|présid|minist|préf|provis|respons|juge|procur|recteur|chef)[A-Za-zÀ-ž]*{% endset -%}
    {%- set fin %}(?:[^A-Za-zÀ-ž]|$){% endset -%}
    {%- set motif -%}
        ({{ titre() }}(?:\s|{{ blanc() }})*)
        ((?:{{ apres_titre | map('capitalize') | join('|') }}|{{ apres_titre | map('upper') | join('|') }}|{{ fonction }}
        |et|ou|les|qui|vous|pour|dans|est|une|avec|sera|sont|sans|chez|mais|donc|elle|dont|puis){{ fin }})
        |((?i:ma[iî]tre|me)[.]?{{ blanc() }}+)
        ((?i:{{ apres_maitre | join('|') }}){{ fin }})
        |({{ role_et_mots() }}{{ entre_role_et_nom() }})
        ((?:{{ apres_role | map('capitalize') | join('|') }}|{{ apres_role | map('upper') | join('|') }}){{ fin }})
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#- `Mme Nom`, `M. Prénom NOM`, `mme nom`, `Me NOM`, `Professeur Prénom Nom`: the title goes, too. -#}
{% macro motif_de_titre() -%}
    {%- set motif -%}
        (^|[^A-Za-zÀ-ž0-9.])
        (?:(?:MM[.]|(?i:mmes|mlles|messieurs|mesdames)[.]?)(?:\s|{{ blanc() }})+{{ noms(2) }}
        (?:(?:,|{{ blanc() }}+(?:et|&|&amp;)){{ blanc() }}+{{ noms(2) }})+
        |{{ titre() }}(?:(?:\s|{{ blanc() }})+(?:[A-Z][.](?:-?[A-Z][.])?{{ blanc() }}*)?)?{{ noms(3) }}
        |(?i:mme|mlle|melle)(?:[.]|{{ blanc() }})+{{ lettre() }}{3,}
        |Me[.]?{{ blanc() }}+[A-ZÀ-Þ]{3,}(?:{{ blanc() }}+{{ nom() }})?
        |(?:Me[.]?|M|(?i:ma[iî]tre|professeure?)){{ blanc() }}+(?i:{{ prenoms() }})(?:-{{ nom() }})?{{ blanc() }}+{{ noms(2) }})
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#-
  What tells that a name follows stays; five ways: a first name that is known, a NOM in capitals
  after `contact :`, two words with a capital after `référent handicap :` or `votre formateur`, and
  Maître in a sentence.
-#}
{% macro motif_de_role() -%}
    {%- set debut %}(?:^|[^A-Za-zÀ-ž]){% endset -%}
    {%- set capitales %}[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ''’-]+{% endset -%}
    {%- set deux_points %}{{ blanc() }}*:(?:\s|{{ blanc() }}|<[^<>]*>)*{% endset -%}
    {%- set deux_mots %}{{ noms(1) }}{{ blanc() }}+{{ noms(2) }}{% endset -%}
    {%- set motif -%}
        ({{ debut }}{{ role_et_mots() }}{{ entre_role_et_nom() }})
        (?:(?i:{{ prenoms() }})(?:[ -](?i:{{ prenoms() }}))?{{ blanc() }}+{{ noms(2) }}
        |{{ capitales }}(?:{{ blanc() }}+{{ capitales }})?{{ blanc() }}+(?i:{{ prenoms() }})\b)
        |({{ debut }}(?i:contact|référente?|intervenante?|interlocut(?:eur|rice)|format(?:eur|rice))s?
        (?:{{ blanc() }}+[A-Za-zÀ-ž''’]+){0,3}{{ deux_points }})
        {{ noms(1) }}{{ blanc() }}+{{ capitales }}
        |({{ debut }}(?i:référente?|responsable|coordinat(?:eur|rice)){{ blanc() }}+(?i:de |de la )?
        (?i:handicap|psh|pédagogique|formation|administrati(?:f|ve)|qualité|technique){{ deux_points }}
        |{{ debut }}(?i:votre|notre|mon|leur){{ blanc() }}+{{ role_et_mots() }}{{ entre_role_et_nom() }})
        {{ deux_mots }}
        |({{ debut }}(?:(?i:par|avec|chez|contact(?:ez|er)?|auprès de|cabinet(?: de)?){{ blanc() }}|[:,(]){{ blanc() }}*)
        (?:Me|Ma[iî]tre)[.]?{{ blanc() }}+{{ noms(2) }}
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}
