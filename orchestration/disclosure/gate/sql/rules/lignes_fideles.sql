with

attendues as (

    select
        num_ligne,
        nb_titulaires,
        nb_dossiers,
        engage,
        {%- for montant in financeurs %}
        coalesce(sum(total) filter (where financeur = '{{ montant }}' and not cachee), 0) as {{ montant }},
        {%- endfor %}
        coalesce(sum(total) filter (where cachee or financeur = 'montant_non_ventile'), 0)
            as montant_non_ventile
    from lignes
    left join paires using (num_ligne)
    group by all

),

diffusees as (

    select
        {% for montant in montants -%}
        (100 * diffusion.{{ montant }})::bigint as {{ montant }},
        {% endfor -%}
        (100 * diffusion.montant_engage)::bigint as engage,
        annonces.num_ligne,
        diffusion.nb_titulaires,
        diffusion.nb_dossiers
    from {{ tables.diffusion }} as diffusion
    left join {{ tables.partition }} as annonces
        using (niveau_diffusion, {{ dimensions | join(', ') }})
    where diffusion.niveau_diffusion <= {{ gardees | length }}

)

{%- set chiffres = ['nb_titulaires', 'nb_dossiers', 'engage'] + montants %}

select
    count(*) as examines,
    count_if(
        (diffusees.{{ chiffres | join(', diffusees.') }}) is distinct from
        (attendues.{{ chiffres | join(', attendues.') }})
    ) as anomalies
from diffusees
full join attendues using (num_ligne)
