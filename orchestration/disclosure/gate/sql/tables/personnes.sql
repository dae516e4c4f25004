-- By row and person: what each has a part of. Most have one dossier there: only the others are added up.
{%- set chiffres = {
    "nb_dossiers": "1",
    "nb_dossiers_avec_duree": "(heures is not null)::integer",
    "heures": "coalesce(heures, 0)",
    "montant_engage": "montant_engage",
    "montant_personne": "montant_titulaire + montant_reste_a_charge",
    "participation": "participation",
    "supplement": "montant_reste_a_charge - participation"
} %}
{%- for montant in montants %}{% do chiffres.update({montant: montant}) %}{% endfor %}
with

repetees as (

    select
        num_ligne,
        titulaire
    from membres
    group by num_ligne, titulaire
    having count(*) > 1

)

select
    {% for chiffre, part in chiffres.items() -%}
    {{ part }} as {{ chiffre }},
    {% endfor -%}
    num_ligne,
    num_famille,
    titulaire
from membres
anti join repetees using (num_ligne, titulaire)
union all
select
    {% for chiffre, part in chiffres.items() -%}
    sum({{ part }})::bigint as {{ chiffre }},
    {% endfor -%}
    num_ligne,
    any_value(num_famille) as num_famille,
    titulaire
from membres
semi join repetees using (num_ligne, titulaire)
group by num_ligne, titulaire
