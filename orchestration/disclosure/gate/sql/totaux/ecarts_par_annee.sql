-- What each person has in one dataset and not in the other, by year and figure (cents): bought in that year, less
-- entered in that year.
with

dossiers as (

    select
        hash(titulaire) as personne,
        year(date_validation) as achat,
        if(est_entre, year(date_entree), null) as entree,
        {{ montants | join(', ') }},
        montant_titulaire + montant_reste_a_charge as montant_personne
    from {{ tables.dossiers }}

),

montants as (

    {%- for montant in dits %}
    select
        personne,
        achat,
        entree,
        '{{ montant }}' as chiffre,
        (100 * {{ montant }})::bigint as montant
    from dossiers
    where {{ montant }} <> 0 and achat is distinct from entree
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    personne,
    chiffre,
    annee,
    sum(montant)::double as montant
from (
    select personne, chiffre, achat as annee, montant from montants
    union all
    select personne, chiffre, entree as annee, -montant as montant from montants where entree is not null
)
where annee in ({{ annees | join(', ') }})
group by personne, chiffre, annee
having sum(montant) <> 0
