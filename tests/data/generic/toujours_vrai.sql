{#- Every row satisfies each expression; an expression that is null does not fail. -#}
{% test toujours_vrai(model, expressions) %}

select * from {{ model }}
where
    {%- for expression in expressions %}
    not coalesce({{ expression }}, true)
    {%- if not loop.last %} or {% endif %}
    {%- endfor %}

{% endtest %}
