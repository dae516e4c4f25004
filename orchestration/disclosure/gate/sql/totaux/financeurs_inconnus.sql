-- Of each cell that may tell who finances, by figure: whether the file tells it, and how many persons are behind what
-- rows do not tell. What a cell tells of no financer is unknown where it holds others.
select
    numero::bigint as numero,
    chiffre,
    est_publie and (
        case chiffre
            when 'montant_non_ventile' then tout_est_dit
            else dit is not null or tout_est_dit
        end
    ) as est_connu,
    personnes::double as exposes
from financements_totaux
where chiffre in ('{{ parts | join("', '") }}', 'montant_titulaire')
