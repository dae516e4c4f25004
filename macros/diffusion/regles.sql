{#- What makes a group safe to publish, and a figure safe to tell. -#}

{#- Under a level there may not be room for the width asked. -#}
{% macro largeur() -%}
    {{ [var('secret').largeur_minimale, reglages().seuil - 1] | min }}
{%- endmacro %}

{#- What an attacker who knows the rules may say of a group that is not shown: below the threshold, or else
    at most what its units may have. -#}
{% macro borne(sinon) -%}
    if(nb_titulaires < {{ reglages().seuil }}, {{ reglages().seuil - 1 }}, {{ sinon }})
{%- endmacro %}

{#- Over grouped units: two or more, and their sum leaves each of them an interval wide enough, were all
    the others as large as their bounds. -#}
{% macro intervalle_large() -%}
    count(*) >= 2 and sum(nb_titulaires) <= sum(borne) - {{ largeur() }}
{%- endmacro %}

{#- The same once the `rang` smallest siblings, `cumul` persons in all, have joined units of `somme`
    persons: a sibling has at least the threshold, and at most what the next one (`suivant`) has. -#}
{% macro intervalle_absorbant(somme, bornes) -%}
{%- set seuil = reglages().seuil -%}
    least({{ seuil - 1 }}, {{ somme }} + cumul - rang * {{ seuil }})
        - greatest(
            0,
            coalesce({{ somme }} + cumul - ({{ bornes }} - {{ seuil - 1 }}) - rang * suivant, 0)
        ) >= {{ largeur() }}
{%- endmacro %}

{#- Nor does whoever knows which of the `cellules` are not empty know how many persons each has. -#}
{% macro hesite_entre_non_vides(personnes, cellules) -%}
    {{ personnes }} >= {{ cellules }} + {{ [2, reglages().seuil - 2] | min }}
{%- endmacro %}

{#- Enough persons have a part of it, none of whom makes most of it. -#}
{% macro assez(chiffre) -%}
    (contributeurs_{{ chiffre }} >= {{ reglages().seuil }} and maximum_{{ chiffre }} < {{ var('secret').part_dominante }} * {{ chiffre }}::double)
{%- endmacro %}

{#- It is that of enough training bodies, none of which makes most of it. -#}
{% macro assez_d_organismes(chiffre) -%}
    (organismes_{{ chiffre }} >= {{ var('secret').organismes_minimum }} and maximum_organisme_{{ chiffre }} < {{ var('secret').part_dominante }} * {{ chiffre }}::double)
{%- endmacro %}

{#- What the person's rights pay is told apart from what is left to pay, when neither tells, once the flat
    participation that everybody knows is taken out, of too few who pay it, do not, or add to it. -#}
{% macro se_separent() -%}
{%- set seuil = reglages().seuil -%}
    ({{ assez('montant_titulaire') }} and {{ assez_d_organismes('montant_titulaire') }}
            and {{ assez('montant_reste_a_charge') }} and {{ assez_d_organismes('montant_reste_a_charge') }}
            and (contributeurs_supplement = 0 or {{ assez('supplement') }})
            and (contributeurs_participation = 0 or (contributeurs_participation >= {{ seuil }} and nb_titulaires - contributeurs_participation >= {{ seuil }})))
{%- endmacro %}
