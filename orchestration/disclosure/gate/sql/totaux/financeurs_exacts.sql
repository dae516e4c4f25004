-- What is told of a financer is what the vault counts; nothing before a year is definitive, nor of a secret total; and
-- what is told of none is the rest.
with

lignes as (

    select
        montant_engage,
        montant_non_ventile,
        montants_par_financeur,
        coalesce({{ parts[:-1] | join(', ') }}) is not null as en_dit,
        {%- for part in parts[:-1] %}
        coalesce({{ part }}, 0){{ ' +' if not loop.last }}
        {%- endfor %} as somme,
        diffusion = 'secret' and coalesce({{ (dicibles + ["duree_moyenne"]) | join(', ') }}) is not null as trahit,
        montant_titulaire + montant_reste_a_charge <> montant_personne as sont_inegales
    from totaux_du_fichier

)

select
    (select count(*) from financements_totaux where dit is not null) as examines,
    count_if(
        trahit
        or coalesce(sont_inegales, false)
        or coalesce(montant_engage, 0) <> somme + coalesce(montant_non_ventile, 0)
    )
    + (
        select count(*)
        from financements_totaux
        where
            chiffre not in ('participation', 'supplement')
            and (
                (chiffre <> 'montant_non_ventile' and dit is not null and (dit <> somme or somme = 0))
                or (est_publie and tout_est_dit and chiffre in ('{{ parts | join("', '") }}') and coalesce(dit, 0) <> somme)
            )
    )
    -- of a cell that may tell none
    + (
        select count(*)
        from cellules_totaux
        anti join financements_totaux using (numero)
        where
            est_en_vue
            and diffusion = 'publie'
            and (montants_par_financeur <> 'secrets' or coalesce({{ parts[:-1] | join('_dit, ') }}_dit, montant_titulaire_dit, montant_reste_a_charge_dit) is not null)
    ) as anomalies
from lignes
