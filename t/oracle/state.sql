-- What a lake knows, in an order of its own: the Gold tables row by row, then the state they are made from: each
-- group with its measures, few ids of a distinct count among them, and the ids of others, however many runs they are
-- kept in.
.mode quote
SELECT 'category_daily_performance', * FROM category_daily_performance ORDER BY 2, 3, 4, 5, 6, 7, 8;
SELECT 'daily_user_activity', * FROM daily_user_activity ORDER BY 2, 3, 4, 5, 6, 7;
SELECT 'hourly_revenue', * FROM hourly_revenue ORDER BY 2, 3, 4, 5, 6, 7;
SELECT 'product_funnel', * FROM product_funnel ORDER BY 2, 3, 4, 5, 6, 7, 8, 9;
SELECT 'product_popularity', * FROM product_popularity ORDER BY 2, 3, 4, 5;
SELECT 'definition', name, sql FROM lake_definition ORDER BY 2;
SELECT 'group', name, key, measures FROM lake_group AS g JOIN lake_definition AS d ON d.id = g.definition
ORDER BY 2, 3, 4;
SELECT 'id', name, key, measure, substr(ids, 8 * value + 1, 8)
FROM lake_distinct AS i JOIN lake_group AS g ON g.id = group_id JOIN lake_definition AS d ON d.id = g.definition,
    generate_series(0, n - 1)
ORDER BY 2, 3, 4, 5;
SELECT 'damaged', * FROM lake_distinct WHERE length(ids) <> 8 * n;
