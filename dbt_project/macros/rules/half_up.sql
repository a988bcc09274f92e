{#
    The portal's rounding (golden observations): half-up in decimal arithmetic.

    half_up_quotient(a, b): a / b rounded half-up to a whole number = floor((2a + b) / 2b), a >= 0, b > 0 wide integers.
    half_up_ratio(n, d): n / d rounded half-up to six decimals; null without a denominator.
    half_up_score(n, d, max_score, full_at_percent): min(max, max x ratio / threshold) rounded half-up to two decimals.
    half_up_gain(n, m, d, max_score, full_at_percent): what m instead of n (m >= n) adds to min(max, max x ratio /
    threshold) before that is rounded to a score; itself half-up to four decimals.
    n, m, d and the threshold carry four decimals, the maximum two.
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

{% macro half_up_gain(n, m, d, max_score, full_at_percent) -%}
    {%- set below -%} ({{ whole(d, 10000) }} * {{ whole(full_at_percent, 10000) }}) {%- endset -%}
    {%- set most -%} {{ whole(max_score, 100) }} * {{ below }} {%- endset -%}
    cast(cast({{ half_up_quotient(
        '100 * (least(' ~ most ~ ', ' ~ whole(max_score, 100) ~ ' * ' ~ whole(m, 10000) ~ ' * 1000000) - least('
        ~ most ~ ', ' ~ whole(max_score, 100) ~ ' * ' ~ whole(n, 10000) ~ ' * 1000000))',
        below
    ) }} as decimal(18, 0)) * 0.0001 as decimal(9, 4))
{%- endmacro %}
