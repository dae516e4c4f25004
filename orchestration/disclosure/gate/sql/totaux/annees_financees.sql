-- The years of which both datasets say who finances, and what one of them does not say, in no table: it is in what that
-- one says of no financer.
with

dites as (

    {%- for jeu in jeux %}
    select
        '{{ jeu }}' as jeu,
        left(periode, 4)::integer as annee,
        tableau,
        {%- for montant in dits %}
        bool_or(diffusion = 'secret' or ({{ montant }} is null and montants_par_financeur <> 'publies')) as tait_{{ montant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from coffre.marts.{{ jeu }}
    where length(periode) = 4
    group by annee, tableau
    -- (of a provisional year, nobody's part is told)
    having count({{ dits | join(') + count(') }}) > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

par_jeu as (

    select
        jeu,
        annee,
        {%- for montant in dits %}
        bool_and(tait_{{ montant }}) as tait_{{ montant }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dites
    group by jeu, annee

)

select
    annee,
    {%- for montant in dits %}
    bool_or(tait_{{ montant }}) as tait_{{ montant }}{{ ',' if not loop.last }}
    {%- endfor %}
from par_jeu
group by annee
having count(*) = {{ jeux | length }}
order by annee
