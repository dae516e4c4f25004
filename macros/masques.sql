{#-
  E-mails, telephones and addressed persons written in a free text give way to a word that says what
  was there. Patterns are RE2's; what they let through is in docs/decisions/0012. The gate has
  others, written again on purpose (`quality/suites/moncompteformation_catalogueformation.yml`).
-#}

{#-
  A text without its e-mails and telephones; nor its persons, unless they are named on purpose. Most
  texts hold none: one pattern that each of the others implies spares them those.
-#}
{% macro masquer(colonne, personnes=true) -%}
    {%- set sans_telephone = masquer_les_telephones(masquer_les_courriels(colonne)) -%}
    case
        when regexp_matches({{ colonne }}, '{{ motif_d_indice() }}')
            then {{ masquer_les_personnes(sans_telephone) if personnes else sans_telephone }}
        else {{ colonne }}
    end
{%- endmacro %}

{#- A number that its body chose may be an e-mail; digits and words mean nothing in it. -#}
{% macro masquer_les_courriels(colonne) -%}
    regexp_replace({{ colonne }}, '{{ motif_de_courriel() }}', '{{ masque('courriel') }}', 'g')
{%- endmacro %}

{#- Twice: a number takes the sign after it, which the next one needs before it. -#}
{% macro masquer_les_telephones(colonne) -%}
    {%- set motif = motif_de_telephone() -%}
    {%- set une_fois %}regexp_replace({{ colonne }}, '{{ motif }}', '\1{{ masque('téléphone') }}\2', 'g'){% endset -%}
    regexp_replace({{ une_fois }}, '{{ motif }}', '\1{{ masque('téléphone') }}\2', 'g')
{%- endmacro %}

{#- The word that says what was there: courriel, téléphone, personne. -#}
{% macro masque(nature) -%}
    [{{ nature }} masqué{{ 'e' if nature == 'personne' }}]
{%- endmacro %}

{#- A pattern is written on several lines, indented: neither is part of it. -#}
{% macro serrer(motif) -%}
    {{- motif | replace('\n', '') | replace('    ', '') -}}
{%- endmacro %}

{#- What may stand within a word and is not seen: a blank, an invisible sign, a tag of style. -#}
{% macro blanc() -%}
    {%- set motif -%}
        (?:[\t\p{Zs}\p{Cf}]
        |&(?:nbsp|#160|#xa0|#8239|#8201|thinsp|ensp|emsp|shy|zwnj|#8203);
        |</?(?:a|b|i|u|em|strong|span|font|mark|small|wbr)(?:[\s/][^<>]*)?>)
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{% macro domaine_usuel() -%}
    (?:fr|com|org|net|eu|info|pro|io|re|nc|pf|gp|mq|gf|yt|bzh|be|ch|lu)
{%- endmacro %}

{#-
  `nom@domaine.fr`, `nom [at] domaine.fr`, `nom arobase domaine point fr`, however the signs are
  encoded. A dot before a blank ends a sentence, unless a usual domain follows.
-#}
{% macro motif_de_courriel() -%}
    {%- set signe %}[\p{L}\p{M}\p{N}\p{Cf}]{% endset -%}
    {%- set blancs %}(?:\s|{{ blanc() }})*{% endset -%}
    {%- set ouvre %}{{ blancs }}(?:[(\[{<«]|&lt;){{ blancs }}{% endset -%}
    {%- set ferme %}{{ blancs }}(?:[)\]}>»]|&gt;){{ blancs }}{% endset -%}
    {%- set arobase -%}
        (?:{{ blancs }}(?:@|＠|﹫|&#0*64;|&#x0*40;|&commat;|%40|_at_){{ blancs }}
        |{{ ouvre }}(?:@|at|arr?obas[ez]?|chez){{ ferme }}|\s+arr?obas[ez]?\s+)
    {%- endset -%}
    {%- set point %}(?:[.．]|&#46;|&period;|{{ ouvre }}(?:[.]|dot|point){{ ferme }}){% endset -%}
    {%- set point_dit %}\s+(?:point|dot)\s+{% endset -%}
    {%- set mot %}{{ signe }}(?:{{ signe }}|-)*{% endset -%}
    {%- set debut %}{{ mot }}(?:(?:{{ point }}|{{ point_dit }}){{ mot }})*{% endset -%}
    {%- set fin -%}
        (?:{{ point }}\p{L}{2,}|(?:{{ point_dit }}|{{ blancs }}[.]{{ blancs }}){{ domaine_usuel() }}\b)
    {%- endset -%}
    {%- set motif -%}
        (?i)(?:{{ signe }}|[._%+~-])+(?:{{ arobase }}{{ debut }}{{ fin }}
        |\s+(?:at|chez)\s+{{ debut }}{{ point_dit }}{{ domaine_usuel() }}\b)
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}

{#-
  A French number in any of its groupings, one separator throughout (a date and an hour have two),
  or one with the code of its country. Those in 08 are services, never persons: they stay.
-#}
{% macro motif_de_telephone() -%}
    {%- set c %}[0-9０-９]{% endset -%}
    {%- set zero %}[0０]{% endset -%}
    {%- set un %}[1-79１-７９]{% endset -%}
    {%- set national -%}
        {{ zero }}{{ un }}{{ c }}{8}
        {%- for s in [blanc() ~ '+', '[ \xa0]?[.．·•][ \xa0]?', '[ \xa0]?[-‐‑‒–—−][ \xa0]?', '[ \xa0]?/[ \xa0]?', '_'] -%}
            {%- set deux %}(?:{{ s }}{{ c }}{2}){% endset -%}
            {%- set trois %}(?:{{ s }}{{ c }}{3}){% endset %}
        |(?:{{ zero }}(?:{{ s }})?{{ un }}|[(]{{ zero }}(?:{{ un }}[)]|[)](?:{{ s }})?{{ un }})){{ deux }}{4,}
        |{{ zero }}(?:{{ s }})?{{ un }}{{ c }}{2}{{ deux }}{3}
        |{{ zero }}{{ un }}(?:{{ c }}{2}{{ trois }}{2}|{{ trois }}{2}{{ deux }}|{{ deux }}{{ trois }}{2}|{{ s }}{{ c }}{8})
        |{{ zero }}{{ un }}(?:{{ c }}{{ trois }}{{ deux }}(?:{{ s }})?{{ c }}{2}|{{ deux }}{2}{{ s }}{{ c }}{4}|{{ s }}{{ c }}{4}{{ deux }}{2})
        {%- endfor %}
        |{{ zero }}{{ un }}(?:/|{{ blanc() }}+){{ c }}{2}(?:(?:[.]{{ c }}{2}){3}|(?:-{{ c }}{2}){3})
    {%- endset -%}
    {%- set s %}(?:{{ blanc() }}|[.·•()/_‐-—−-])*{% endset -%}
    {%- set plus %}[(]?(?:[+＋]|&#43;|00){{ s }}{% endset -%}
    {%- set suite %}{{ s }}(?:{{ zero }}{{ s }})?{{ un }}(?:{{ s }}{{ c }}){% endset -%}
    {%- set international -%}
        (?:{{ plus }}(?:33|262|590|594|596)|[(](?:33|262|590|594|596)[)]){{ suite }}{8}
        |{{ plus }}(?:508|681|687|689)(?:{{ s }}{{ c }}){6,9}
        |{{ plus }}(?:32|34|39|41|44|49|212|213|216|351|352|376|377){{ suite }}{6,9}
    {%- endset -%}
    {{- serrer('(^|[^0-9０-９])(?:' ~ national ~ '|' ~ international ~ ')($|[^0-9０-９])') -}}
{%- endmacro %}

{#- What no text that holds one of them lacks: cheap to look for, and right to find too much. -#}
{% macro motif_d_indice() -%}
    {%- set b = blanc() -%}
    {%- set motif -%}
        [@＠﹫]|&#0*64;|&#[xX]0*40;|&commat;|%40|(?i:_at_|obas|(?:point|dot)\s+{{ domaine_usuel() }})
        |(?:[(\[{<«]|&lt;)(?:\s|{{ b }})*(?i:at|chez)
        |(?:^|[^0-9０-９])[0０](?:[)]|{{ b }}|[.．·•‐‑‒–—−/_-])*[1-79１-７９]
        |(?:[+＋]|&#43;|00|[(])(?:{{ b }}|[.·•()/_‐-—−-])*[2-6]
        |(?:MM?|DR|Pr|Prof)[.]|(?:Dr|Me|(?i:mrs?))(?:[.]|\s|{{ b }})|M{{ b }}
        |(?i:mme|mlle|melle|mgr|monsieur|madame|mademoiselle|mesdames|messieurs|docteur|ma[iî]tre|professeur)
        |(?:^|[^A-Za-zÀ-ž]){{ role_et_mots() }}{{ entre_role_et_nom() }}
        (?:[a-zà-öø-ÿ-]+{{ b }}+){0,3}(?:d[''’])?(?:\p{Lu}|&[A-Z])
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}
