-- What a provisional period tells of a table that waits for its definitive edition is told by another table.
select
    count(*) as examines,
    count_if(autres.tableau is null) as anomalies
from totaux_du_fichier as attente
left join totaux_du_fichier as autres
    on
        attente.periode = autres.periode
        and attente.diffusion = autres.diffusion
        and attente.valeur_du is not distinct from autres.valeur_du
        and autres.tableau <> attente.tableau
        {%- for colonne in dimensions + tirees if colonne not in en_partie %}
        and {% if colonne in attendues %}autres.{{ colonne }} = 'ENSEMBLE'{% else %}attente.{{ colonne }} is not distinct from autres.{{ colonne }}{% endif %}
        {%- endfor %}
        {%- for mesure in ["nb_dossiers", "nb_titulaires", "prix_moyen", "duree_moyenne", "montant_engage"] %}
        and attente.{{ mesure }} is not distinct from autres.{{ mesure }}
        {%- endfor %}
where {% for colonne in attendues %}attente.{{ colonne }} = 'REGROUPE'{{ ' or ' if not loop.last }}{% endfor %}
