/*
 * The text of definitions: what is a tree, and what is refused, where.
 */
#include "gold/sql.h"

#include "base/buffer.h"
#include "tap.h"

#include <stdlib.h>

/* A tree as text again, every operation in parentheses. */
static int write_node(const struct sql_node *n, struct buffer *out)
{
	static const char *const signs[] = {
	    [SQL_NEGATE] = "-",      [SQL_ADD] = "+",     [SQL_SUBTRACT] = "-",       [SQL_MULTIPLY] = "*",
	    [SQL_DIVIDE] = "/",      [SQL_EQUAL] = "=",   [SQL_NOT_EQUAL] = "<>",     [SQL_LESS] = "<",
	    [SQL_LESS_EQUAL] = "<=", [SQL_GREATER] = ">", [SQL_GREATER_EQUAL] = ">=", [SQL_IN] = "in",
	    [SQL_IS_NULL] = "null?", [SQL_NOT] = "not",   [SQL_AND] = "and",          [SQL_OR] = "or",
	};
	int failed;

	if (n->kind == SQL_STRING)
		return buffer_printf(out, "'%s'", n->text.data);
	if (n->kind < SQL_CALL)
		return buffer_append_text(out, n->text.data);
	failed = buffer_printf(out, "(%s%s%s%s", n->negated ? "not " : "",
			       n->kind == SQL_CALL ? n->text.data : signs[n->kind],
			       n->distinct ? " distinct" : "", n->star ? " *" : "");
	for (const struct sql_node *o = n->first; o != NULL && !failed; o = o->next)
		failed = buffer_append_text(out, " ") != 0 || write_node(o, out) != 0;
	if (n->filter != NULL && !failed)
		failed = buffer_append_text(out, " where ") != 0 || write_node(n->filter, out) != 0;
	return failed ? -1 : buffer_append_text(out, ")");
}

static int write_select(const struct sql_select *s, struct buffer *out)
{
	for (size_t i = 0; i < s->n_outputs; i++) {
		if (write_node(s->outputs[i].value, out) != 0 ||
		    buffer_printf(out, ":%s ",
				  s->outputs[i].name != NULL ? s->outputs[i].name->text.data : "") != 0)
			return -1;
	}
	if (s->where != NULL && (buffer_append_text(out, "| ") != 0 || write_node(s->where, out) != 0))
		return -1;
	for (const struct sql_node *n = s->group_by; n != NULL; n = n->next) {
		if (buffer_append_text(out, " / ") != 0 || write_node(n, out) != 0)
			return -1;
	}
	return 0;
}

static void test_trees(void)
{
	static const struct {
		const char *sql;
		const char *tree;
	} trees[] = {
	    {"SELECT a FROM silver", "a: "},
	    {"select A as \"x \"\"y\", count(*) n from SILVER group by 1, A;",
	     "A:x \"y (count *):n  / 1 / A"},
	    {"SELECT -- from nowhere\n/* SELECT ' */ 1.5e-3 AS x FROM silver ; -- end", "1.5e-3:x "},
	    {"SELECT 1 + 2 * -3 - 4 / (5 + .5) x FROM silver", "(- (+ 1 (* 2 (- 3))) (/ 4 (+ 5 .5))):x "},
	    {"SELECT a / b / c x, +1 y FROM silver", "(/ (/ a b) c):x 1:y "},
	    {"SELECT a FROM silver WHERE a = 'it''s' OR b <> '' AND NOT c != 1 OR d IS NOT NULL",
	     "a: | (or (= a 'it's') (and (<> b '') (not (<> c 1))) (not null? d))"},
	    {"SELECT a FROM silver WHERE (a < 1 or b >= 2) AND c IN (1, -2, NULL) and d not in ('x') AND NOT "
	     "e IS NULL",
	     "a: | (and (or (< a 1) (>= b 2)) (in c 1 (- 2) NULL) (not in d 'x') (not (null? e)))"},
	    {"SELECT a FROM silver WHERE a = 1 AND (b = 2 AND c = 3)",
	     "a: | (and (= a 1) (and (= b 2) (= c 3)))"},
	    {"SELECT a FROM silver WHERE a BETWEEN 1 AND 2 AND b NOT between -1 and 'x' OR c = 1",
	     "a: | (or (and (and (>= a 1) (<= a 2)) (not (and (>= b (- 1)) (<= b 'x')))) (= c 1))"},
	    {"SELECT count(DISTINCT \"Order\") FILTER (WHERE a = TRUE) AS n, sum(filter) FROM silver",
	     "(count distinct Order where (= a TRUE)):n (sum filter): "},
	    {"SELECT coalesce(sum(a), nullif(b, 0), 0) x FROM silver",
	     "(coalesce (sum a) (nullif b 0) 0):x "},
	    {"SELECT count(*) AS \"group\", a AS order FROM silver", "(count *):group a:order "},
	};

	for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
		struct sql_select *s = sql_parse(trees[i].sql, strlen(trees[i].sql), "t.sql");
		struct buffer out = {0};

		if (ok(s != NULL, "tree %zu: %s", i, cause_message()) && write_select(s, &out) == 0)
			ok(strcmp(buffer_text(&out), trees[i].tree) == 0, "%s", buffer_text(&out));
		buffer_free(&out);
		sql_free(s);
		cause_clear();
	}
}

static void test_refused(void)
{
	static const struct {
		const char *sql;
		const char *where; /* and which construct */
	} refused[] = {
	    {"", "1:1: end of text"},
	    {"\n\n  UPDATE silver", "3:3: UPDATE"},
	    {"WITH x AS (SELECT 1) SELECT a FROM x", "1:1: WITH"},
	    {"SELECT * FROM silver", "1:8: *"},
	    {"SELECT DISTINCT a FROM silver", "1:8: DISTINCT"},
	    {"SELECT ALL a FROM silver", "1:8: ALL"},
	    {"SELECT a, FROM silver", "1:11: FROM"},
	    {"SELECT a", "1:9: end of text"},
	    {"SELECT\va FROM silver", "1:7: \\x0b"},
	    {"SELECT a FROM gold", "1:15: gold"},
	    {"SELECT a FROM silver s", "1:22: FROM"},
	    {"SELECT a FROM silver, gold", "1:21: FROM"},
	    {"SELECT a FROM main.silver", "1:15: main"},
	    {"SELECT silver.a FROM silver", "1:8: silver"},
	    {"SELECT a FROM silver JOIN b ON true", "1:22: JOIN"},
	    {"SELECT a FROM silver left join b", "1:22: left"},
	    {"SELECT a FROM silver ORDER BY a", "1:22: ORDER"},
	    {"SELECT a FROM silver LIMIT 1", "1:22: LIMIT"},
	    {"SELECT a FROM silver GROUP BY a HAVING count(*) > 1", "1:33: HAVING"},
	    {"SELECT a FROM silver UNION SELECT b FROM silver", "1:22: UNION"},
	    {"SELECT a FROM silver GROUP BY a; SELECT b FROM silver", "1:34: ;"},
	    {"SELECT count(*) OVER () AS n FROM silver", "1:17: OVER"},
	    {"SELECT CASE WHEN a THEN 1 END AS n FROM silver", "1:8: CASE"},
	    {"SELECT CAST(a AS int) AS n FROM silver", "1:8: CAST"},
	    {"SELECT a::int AS n FROM silver", "1:9: ::"},
	    {"SELECT (SELECT 1) AS n FROM silver", "1:9: SELECT"},
	    {"SELECT a FROM silver WHERE a LIKE 'x'", "1:30: LIKE"},
	    {"SELECT a FROM silver WHERE a NOT LIKE 'x'", "1:34: LIKE"},
	    {"SELECT a FROM silver WHERE a + 1 BETWEEN 1 AND 2", "1:34: BETWEEN"},
	    {"SELECT a FROM silver WHERE a BETWEEN 1 OR 2", "1:40: OR"},
	    {"SELECT a FROM silver WHERE a NOT 1", "1:34: 1"},
	    {"SELECT a FROM silver WHERE a IN (SELECT 1)", "1:34: SELECT"},
	    {"SELECT a FROM silver WHERE a IN ()", "1:34: )"},
	    {"SELECT a FROM silver WHERE a == 1", "1:30: =="},
	    {"SELECT a FROM silver WHERE a < 1 < 2", "1:34: <"},
	    {"SELECT a FROM silver WHERE a IS TRUE", "1:33: TRUE"},
	    {"SELECT a FROM silver WHERE date '2025-01-01' < a", "1:28: date"},
	    {"SELECT a || b FROM silver", "1:10: ||"},
	    {"SELECT a % 2 AS n FROM silver", "1:10: %"},
	    {"SELECT ?1 FROM silver", "1:8: ?"},
	    {"SELECT 1x FROM silver", "1:8: a number"},
	    {"SELECT 1e FROM silver", "1:8: a number"},
	    {"SELECT 1.2.3 FROM silver", "1:8: a number"},
	    {"SELECT 'a\nb FROM silver", "1:8: '"},
	    {"SELECT \"a FROM silver", "1:8: \""},
	    {"SELECT '", "1:8: '"},
	    {"SELECT a /* never /* ends */ FROM silver", "1:19: /*"},
	    {"SELECT a /* never", "1:10: /*"},
	    {"SELECT count(a FROM silver", "1:16: FROM"},
	    {"SELECT count(*) FILTER (a = 1) AS n FROM silver", "1:25: a"},
	    {"SELECT a FROM silver\n\tWHERE\n\t\ta = \x01", "3:7: \\x01"},
	};

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct sql_select *s = sql_parse(refused[i].sql, strlen(refused[i].sql), "t.sql");
		char wanted[64];

		snprintf(wanted, sizeof wanted, "t.sql:%s: ", refused[i].where);
		ok(s == NULL && cause_status() == STATUS_USAGE &&
		       strncmp(cause_message(), wanted, strlen(wanted)) == 0,
		   "refused %zu: %s", i, cause_message());
		sql_free(s);
		cause_clear();
	}
}

/* prefix, n times what, suffix. */
static struct sql_select *parse_many(const char *prefix, const char *what, size_t n, const char *suffix)
{
	struct buffer sql = {0};
	struct sql_select *s = NULL;
	int failed = buffer_append_text(&sql, prefix);

	for (; n > 0 && !failed; n--)
		failed = buffer_append_text(&sql, what);
	if (!failed && buffer_append_text(&sql, suffix) == 0)
		s = sql_parse((const char *)sql.data, sql.len, "t.sql");
	buffer_free(&sql);
	return s;
}

static void test_depth(void)
{
	static const struct {
		const char *prefix, *what;
	} deep[] = {{"SELECT ", "("},
		    {"SELECT ", "- "},
		    {"SELECT 1", "+1"},
		    {"SELECT ", "count("},
		    {"SELECT a FROM silver WHERE ", "NOT "},
		    {"SELECT a FROM silver WHERE ", "(NOT "}};
	struct sql_select *s;

	for (size_t i = 0; i < sizeof deep / sizeof deep[0]; i++) {
		s = parse_many(deep[i].prefix, deep[i].what, 100000, " x FROM silver");
		ok(s == NULL && strstr(cause_message(), "nested") != NULL, "%s: %s", deep[i].what,
		   cause_message());
		sql_free(s);
		cause_clear();
	}
	s = parse_many("SELECT a FROM silver WHERE a = 1", " OR a = 1", 10000, "");
	ok(s != NULL && s->where->height == 3, "a long list is not deep: %s", cause_message());
	sql_free(s);
	s = parse_many("SELECT a FROM silver WHERE a IN (1", ", 1", 10000, ")");
	ok(s != NULL, "nor is IN: %s", cause_message());
	sql_free(s);
	s = parse_many("SELECT a FROM silver", " ", SQL_LEN_MAX, "");
	ok(s == NULL && cause_status() == STATUS_USAGE, "too long a text: %s", cause_message());
	sql_free(s);
	cause_clear();
}

int main(void)
{
	test_trees();
	test_refused();
	test_depth();
	return tap_done();
}
