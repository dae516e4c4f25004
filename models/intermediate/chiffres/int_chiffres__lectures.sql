-- Every reading of every figure: macros/diagnostic/chiffres.sql.
{%- for lecture in lectures_des_chiffres() %}
{{ lignes_du_chiffre(lecture) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
