{#
    The portal's rounding (golden observations): half-up in decimal arithmetic.

    half_up_quotient(a, b): a / b rounded half-up to a whole number = floor((2a + b) / 2b), a >= 0, b > 0 wide integers.
    half_up_ratio(n, d): n / d rounded half-up to six decimals; null without a denominator.
    half_up_score(n, d, max_score, full_at_percent): min(max, max x ratio / threshold) rounded half-up to two decimals.
    n, d and the threshold carry four decimals, the maximum two.
#}
{% macro half_up_quotient(a, b) -%}
    {{ whole_quotient('2 * (' ~ a ~ ') + (' ~ b ~ ')', '2 * (' ~ b ~ ')') }}
{%- endmacro %}

{% macro half_up_ratio(n, d) -%}
    case
        when {{ d }} > 0
            then cast(cast({{ half_up_quotient(whole(n, 10000) ~ ' * 1000000', whole(d, 10000)) }} as decimal(24, 0)) * 0.000001 as decimal(18, 6))
    end
{%- endmacro %}

{% macro half_up_score(n, d, max_score, full_at_percent) -%}
    cast(cast(least(
        {{ whole(max_score, 100) }},
        {{ half_up_quotient(
            whole(max_score, 100) ~ ' * ' ~ whole(n, 10000) ~ ' * 1000000',
            whole(d, 10000) ~ ' * ' ~ whole(full_at_percent, 10000)
        ) }}
    ) as decimal(18, 0)) * 0.01 as decimal(9, 2))
{%- endmacro %}
