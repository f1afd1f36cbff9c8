-- How many users and sessions were active on each day (UTC), and how busy they were.
SELECT
    event_date,
    count(DISTINCT user_id) AS unique_users,
    count(DISTINCT session_id) AS unique_sessions,
    count(*) AS total_events,
    count(*) / count(DISTINCT user_id) AS events_per_user,
    count(DISTINCT session_id) / count(DISTINCT user_id) AS sessions_per_user
FROM silver
GROUP BY event_date
