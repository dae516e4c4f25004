{#- What the signals of authorisation compare: establishments by their SIRET, names where there is none. -#}

{#- A SIRET as it is written: the register begins it with a TAB, and a spreadsheet loses its zeros. -#}
{% macro siret_normalise(colonne) -%}
    case
        when regexp_full_match(regexp_replace({{ colonne }}, '\s', '', 'g'), '[0-9]{9,14}')
            then lpad(regexp_replace({{ colonne }}, '\s', '', 'g'), 14, '0')
    end
{%- endmacro %}

{#- A body's name without its legal form, as two lists may write it; null when nothing else is left. -#}
{% macro nom_sans_forme(colonne) -%}
    nullif(
        trim(regexp_replace(
            regexp_replace(
                {{ comparable("replace(" ~ colonne ~ ", '.', '')") }},
                '\b(sasu?|sarl|eurl|sa|snc|scop|scic|selarl|ei|eirl|gie|gip|ste|societe|association|asso|ass)\b',
                ' ', 'g'
            ),
            ' +', ' ', 'g'
        )),
        ''
    )
{%- endmacro %}

{#- The rules, in the order in which they are tried: the first that holds gives its code, all that hold are said. -#}
{% macro regles_habilitation() -%}
    {%- do return([
        ('S9', 'est_non_evaluable'),
        ('S7', 'est_introuvable'),
        ('S8', 'est_echue'),
        ('S0', 'est_habilite'),
        ('S1', 'est_certificateur'),
        ('S2', 'est_habilite_ailleurs'),
        ('S3', 'est_limite_a_l_evaluation'),
        ('S4', 'est_retire'),
        ('S6', 'est_dispense'),
        ('S12', 'a_un_nom_semblable'),
        ('S5', 'est_absent'),
    ]) -%}
{%- endmacro %}
