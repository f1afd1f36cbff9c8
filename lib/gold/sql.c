#include "gold/sql.h"

#include "gold/sql_token.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct sql_select *select;
	struct sql_scanner scanner;
	struct sql_token token;
	uint32_t depth;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sql_same_name(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

enum sql_kind sql_mirrored(enum sql_kind op)
{
	switch (op) {
	case SQL_LESS: return SQL_GREATER;
	case SQL_LESS_EQUAL: return SQL_GREATER_EQUAL;
	case SQL_GREATER: return SQL_LESS;
	case SQL_GREATER_EQUAL: return SQL_LESS_EQUAL;
	default: return op;
	}
}

int sql_refuse(const struct sql_select *s, struct sql_position at, const char *construct, const char *format,
	       ...)
{
	char why[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof why, format, ap);
	va_end(ap);
	return cause_record(STATUS_USAGE, "%s:%u:%u: %.80s: %s", s->file, at.line, at.column, construct, why);
}

/* The token is not what may stand here. */
static int refuse(struct parser *p, const char *expected)
{
	const struct sql_token *t = &p->token;
	const char *hint = sql_hint(t);
	char shown[64];

	if (t->kind == TOKEN_END)
		return sql_refuse(p->select, t->at, "end of text", "%s expected", expected);
	snprintf(shown, sizeof shown, "%.*s", (int)t->text.len, t->text.data);
	if (t->kind == TOKEN_STRING)
		snprintf(shown, sizeof shown, "'%.*s'", (int)t->text.len, t->text.data);
	if (hint != NULL)
		return sql_refuse(p->select, t->at, shown, "not in a Gold definition: %s", hint);
	if (sql_is_word(t, "select"))
		return sql_refuse(p->select, t->at, shown,
				  "no subqueries: a Gold table is made from silver alone");
	return sql_refuse(p->select, t->at, shown, "%s expected", expected);
}

static int next(struct parser *p)
{
	return sql_scan(&p->scanner, &p->token);
}

static int expect_word(struct parser *p, const char *word, const char *expected)
{
	if (!sql_is_word(&p->token, word))
		return refuse(p, expected);
	return next(p);
}

static int expect_sign(struct parser *p, const char *sign)
{
	if (!sql_is_sign(&p->token, sign))
		return refuse(p, sign);
	return next(p);
}

/* A node that holds a copy of the text. */
static struct sql_node *node_make(struct parser *p, enum sql_kind kind, struct sql_position at,
				  struct text text)
{
	struct sql_node *n = calloc(1, sizeof *n + text.len + 1);
	char *copy;

	if (n == NULL) {
		cause_memory();
		return NULL;
	}
	copy = (char *)(n + 1);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	n->kind = kind;
	n->at = at;
	n->text = (struct text){copy, text.len};
	n->height = 1;
	n->owned = p->select->owned;
	p->select->owned = n;
	return n;
}

/* The same of the token. */
static struct sql_node *node_new(struct parser *p, enum sql_kind kind)
{
	return node_make(p, kind, p->token.at, p->token.text);
}

static int node_add(struct parser *p, struct sql_node *n, struct sql_node *operand)
{
	if (n->last == NULL)
		n->first = operand;
	else
		n->last->next = operand;
	n->last = operand;
	if (operand->height + 1 > n->height)
		n->height = operand->height + 1;
	if (n->height > SQL_HEIGHT_MAX)
		return sql_refuse(p->select, n->at, n->text.data, "nested more than %d deep", SQL_HEIGHT_MAX);
	return 0;
}

static struct sql_node *parse_condition(struct parser *p);

/* What stands between parentheses, the opening one being consumed: one expression. */
static struct sql_node *parse_inner(struct parser *p)
{
	struct sql_node *n = parse_condition(p);

	if (n == NULL || expect_sign(p, ")") != 0)
		return NULL;
	n->parenthesised = true;
	return n;
}

static int parse_filter(struct parser *p, struct sql_node *call)
{
	if (!sql_is_word(&p->token, "filter"))
		return 0;
	if (next(p) != 0 || expect_sign(p, "(") != 0)
		return -1;
	if (expect_word(p, "where", "WHERE") != 0)
		return -1;
	call->filter = parse_inner(p);
	if (call->filter == NULL)
		return -1;
	call->height = call->height > call->filter->height ? call->height : call->filter->height + 1;
	return 0;
}

static int parse_operands(struct parser *p, struct sql_node *list)
{
	for (;;) {
		struct sql_node *operand = parse_condition(p);

		if (operand == NULL || node_add(p, list, operand) != 0)
			return -1;
		if (!sql_is_sign(&p->token, ","))
			return expect_sign(p, ")");
		if (next(p) != 0)
			return -1;
	}
}

/* The name is in call, the opening parenthesis consumed. */
static struct sql_node *parse_call(struct parser *p, struct sql_node *call)
{
	call->kind = SQL_CALL;
	if (sql_is_sign(&p->token, "*")) {
		call->star = true;
		if (next(p) != 0 || expect_sign(p, ")") != 0)
			return NULL;
	} else if (sql_is_sign(&p->token, ")")) {
		if (next(p) != 0)
			return NULL;
	} else {
		if (sql_is_word(&p->token, "distinct")) {
			call->distinct = true;
			if (next(p) != 0)
				return NULL;
		}
		if (parse_operands(p, call) != 0)
			return NULL;
	}
	return parse_filter(p, call) == 0 ? call : NULL;
}

static struct sql_node *parse_name(struct parser *p)
{
	const bool plain = p->token.kind == TOKEN_WORD;
	struct sql_node *n = node_new(p, SQL_NAME);

	if (n == NULL || next(p) != 0)
		return NULL;
	if (plain && sql_is_sign(&p->token, "(")) {
		if (next(p) != 0)
			return NULL;
		return parse_call(p, n);
	}
	if (sql_is_sign(&p->token, ".")) {
		sql_refuse(p->select, n->at, n->text.data, "columns go by their plain name");
		return NULL;
	}
	if (p->token.kind == TOKEN_STRING) {
		sql_refuse(p->select, n->at, n->text.data, "no typed literals: write the text alone");
		return NULL;
	}
	return n;
}

static struct sql_node *parse_literal(struct parser *p, enum sql_kind kind)
{
	struct sql_node *n = node_new(p, kind);

	return n == NULL || next(p) != 0 ? NULL : n;
}

static struct sql_node *parse_primary(struct parser *p)
{
	const struct sql_token *t = &p->token;

	if (t->kind == TOKEN_NUMBER)
		return parse_literal(p, SQL_NUMBER);
	if (t->kind == TOKEN_STRING)
		return parse_literal(p, SQL_STRING);
	if (sql_is_word(t, "null"))
		return parse_literal(p, SQL_NULL);
	if (sql_is_word(t, "true"))
		return parse_literal(p, SQL_TRUE);
	if (sql_is_word(t, "false"))
		return parse_literal(p, SQL_FALSE);
	if (sql_is_sign(t, "("))
		return next(p) != 0 ? NULL : parse_inner(p);
	if (sql_is_name(t))
		return parse_name(p);
	refuse(p, "a column, a number or a text");
	return NULL;
}

static struct sql_node *parse_unary(struct parser *p)
{
	struct sql_node *n, *operand;

	if (sql_is_sign(&p->token, "+"))
		return next(p) != 0 ? NULL : parse_primary(p);
	if (!sql_is_sign(&p->token, "-"))
		return parse_primary(p);
	n = node_new(p, SQL_NEGATE);
	if (n == NULL || next(p) != 0)
		return NULL;
	if (++p->depth > SQL_HEIGHT_MAX) {
		sql_refuse(p->select, n->at, "-", "nested more than %d deep", SQL_HEIGHT_MAX);
		return NULL;
	}
	operand = parse_unary(p);
	p->depth--;
	return operand == NULL || node_add(p, n, operand) != 0 ? NULL : n;
}

/* Left-associative signs of one rank; the operator's node has the left side's place taken over. */
static struct sql_node *parse_binary(struct parser *p, struct sql_node *left, enum sql_kind kind,
				     struct sql_node *(*parse)(struct parser *p))
{
	struct sql_node *n = node_new(p, kind);
	struct sql_node *right;

	if (n == NULL || next(p) != 0)
		return NULL;
	right = parse(p);
	if (right == NULL || node_add(p, n, left) != 0 || node_add(p, n, right) != 0)
		return NULL;
	return n;
}

static struct sql_node *parse_product(struct parser *p)
{
	struct sql_node *n = parse_unary(p);

	while (n != NULL && (sql_is_sign(&p->token, "*") || sql_is_sign(&p->token, "/")))
		n = parse_binary(p, n, sql_is_sign(&p->token, "*") ? SQL_MULTIPLY : SQL_DIVIDE, parse_unary);
	return n;
}

static struct sql_node *parse_sum(struct parser *p)
{
	struct sql_node *n = parse_product(p);

	while (n != NULL && (sql_is_sign(&p->token, "+") || sql_is_sign(&p->token, "-")))
		n = parse_binary(p, n, sql_is_sign(&p->token, "+") ? SQL_ADD : SQL_SUBTRACT, parse_product);
	return n;
}

/* IS [NOT] NULL. */
static struct sql_node *parse_is(struct parser *p, struct sql_node *left)
{
	struct sql_node *n = node_new(p, SQL_IS_NULL);

	if (n == NULL || next(p) != 0)
		return NULL;
	if (sql_is_word(&p->token, "not")) {
		n->negated = true;
		if (next(p) != 0)
			return NULL;
	}
	if (expect_word(p, "null", "NULL") != 0 || node_add(p, n, left) != 0)
		return NULL;
	return n;
}

/* IN (list). */
static struct sql_node *parse_in(struct parser *p, struct sql_node *left, bool negated)
{
	struct sql_node *n = node_new(p, SQL_IN);

	if (n == NULL || expect_word(p, "in", "IN") != 0 || expect_sign(p, "(") != 0)
		return NULL;
	n->negated = negated;
	if (node_add(p, n, left) != 0 || parse_operands(p, n) != 0)
		return NULL;
	return n;
}

/* BETWEEN low AND high: two comparisons. */
static struct sql_node *parse_between(struct parser *p, struct sql_node *left, bool negated)
{
	struct sql_node *all = node_new(p, SQL_AND), *no = node_new(p, SQL_NOT);
	struct sql_node *low = node_new(p, SQL_GREATER_EQUAL), *high = node_new(p, SQL_LESS_EQUAL);
	struct sql_node *again = node_make(p, left->kind, left->at, left->text), *bound;

	if (all == NULL || no == NULL || low == NULL || high == NULL || again == NULL)
		return NULL;
	if (left->kind != SQL_NAME) {
		refuse(p, "a column before BETWEEN");
		return NULL;
	}
	if (next(p) != 0 || (bound = parse_sum(p)) == NULL || node_add(p, low, left) != 0 ||
	    node_add(p, low, bound) != 0 || expect_word(p, "and", "AND") != 0)
		return NULL;
	if ((bound = parse_sum(p)) == NULL || node_add(p, high, again) != 0 ||
	    node_add(p, high, bound) != 0 || node_add(p, all, low) != 0 || node_add(p, all, high) != 0)
		return NULL;
	/* An AND behind it is another. */
	all->parenthesised = true;
	if (!negated)
		return all;
	return node_add(p, no, all) == 0 ? no : NULL;
}

/* [NOT] IN, [NOT] BETWEEN. */
static struct sql_node *parse_within(struct parser *p, struct sql_node *left)
{
	const bool negated = sql_is_word(&p->token, "not");

	if (negated && next(p) != 0)
		return NULL;
	return sql_is_word(&p->token, "between") ? parse_between(p, left, negated)
						 : parse_in(p, left, negated);
}

static struct sql_node *parse_comparison(struct parser *p)
{
	static const struct {
		const char *sign;
		enum sql_kind kind;
	} signs[] = {
	    {"=", SQL_EQUAL},       {"<>", SQL_NOT_EQUAL}, {"!=", SQL_NOT_EQUAL},     {"<", SQL_LESS},
	    {"<=", SQL_LESS_EQUAL}, {">", SQL_GREATER},    {">=", SQL_GREATER_EQUAL},
	};
	struct sql_node *n = parse_sum(p);

	if (n == NULL)
		return NULL;
	if (sql_is_word(&p->token, "is"))
		return parse_is(p, n);
	if (sql_is_word(&p->token, "in") || sql_is_word(&p->token, "not") ||
	    sql_is_word(&p->token, "between"))
		return parse_within(p, n);
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		if (sql_is_sign(&p->token, signs[i].sign))
			return parse_binary(p, n, signs[i].kind, parse_sum);
	}
	return n;
}

static struct sql_node *parse_not(struct parser *p)
{
	struct sql_node *n, *operand;

	if (!sql_is_word(&p->token, "not"))
		return parse_comparison(p);
	n = node_new(p, SQL_NOT);
	if (n == NULL || next(p) != 0)
		return NULL;
	if (++p->depth > SQL_HEIGHT_MAX) {
		sql_refuse(p->select, n->at, "NOT", "nested more than %d deep", SQL_HEIGHT_MAX);
		return NULL;
	}
	operand = parse_not(p);
	p->depth--;
	return operand == NULL || node_add(p, n, operand) != 0 ? NULL : n;
}

/* Any number of operands with AND, or with OR, between them: one flat node. */
static struct sql_node *parse_list(struct parser *p, const char *word, enum sql_kind kind,
				   struct sql_node *(*parse)(struct parser *p))
{
	struct sql_node *operand = parse(p);
	struct sql_node *n = operand;

	while (operand != NULL && sql_is_word(&p->token, word)) {
		if (n->kind != kind || n->parenthesised) {
			n = node_new(p, kind);
			if (n == NULL || node_add(p, n, operand) != 0)
				return NULL;
		}
		if (next(p) != 0)
			return NULL;
		operand = parse(p);
		if (operand == NULL || node_add(p, n, operand) != 0)
			return NULL;
	}
	return operand == NULL ? NULL : n;
}

static struct sql_node *parse_and(struct parser *p)
{
	return parse_list(p, "and", SQL_AND, parse_not);
}

/* Any expression; the recursion of the parser goes through here. */
static struct sql_node *parse_condition(struct parser *p)
{
	struct sql_node *n;

	if (++p->depth > SQL_HEIGHT_MAX) {
		sql_refuse(p->select, p->token.at, "(", "nested more than %d deep", SQL_HEIGHT_MAX);
		return NULL;
	}
	n = parse_list(p, "or", SQL_OR, parse_and);
	p->depth--;
	return n;
}

/* [AS] name, or nothing. */
static int parse_alias(struct parser *p, struct sql_node **name)
{
	*name = NULL;
	if (sql_is_word(&p->token, "as")) {
		if (next(p) != 0)
			return -1;
		if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_QUOTED)
			return refuse(p, "a name");
	} else if (!sql_is_name(&p->token)) {
		return 0;
	}
	*name = parse_literal(p, SQL_NAME);
	return *name == NULL ? -1 : 0;
}

static int parse_output(struct parser *p)
{
	struct sql_select *s = p->select;
	struct sql_output output = {0};

	if (sql_is_sign(&p->token, "*"))
		return refuse(p, "a column or an aggregate with a name");
	output.value = parse_condition(p);
	if (output.value == NULL || parse_alias(p, &output.name) != 0)
		return -1;
	if (array_reserve(&s->outputs, &s->outputs_cap, s->n_outputs + 1, sizeof output) != 0)
		return -1;
	s->outputs[s->n_outputs++] = output;
	return 0;
}

static int parse_outputs(struct parser *p)
{
	for (;;) {
		if (parse_output(p) != 0)
			return -1;
		if (!sql_is_sign(&p->token, ","))
			return 0;
		if (next(p) != 0)
			return -1;
	}
}

static int parse_from(struct parser *p)
{
	if (expect_word(p, "from", "a comma or FROM silver") != 0)
		return -1;
	if (!sql_is_word(&p->token, "silver"))
		return refuse(p, "silver, the table that all definitions read, is");
	if (next(p) != 0)
		return -1;
	if (sql_is_sign(&p->token, ",") || sql_is_sign(&p->token, ".") || sql_is_sign(&p->token, "("))
		return sql_refuse(p->select, p->token.at, "FROM", "a Gold table is made from silver alone");
	if (sql_is_word(&p->token, "as") || sql_is_name(&p->token))
		return sql_refuse(p->select, p->token.at, "FROM", "silver needs no other name");
	return 0;
}

static int parse_group_by(struct parser *p)
{
	struct sql_node **tail = &p->select->group_by;

	if (next(p) != 0 || expect_word(p, "by", "BY") != 0)
		return -1;
	for (;;) {
		struct sql_node *n = parse_condition(p);

		if (n == NULL)
			return -1;
		*tail = n;
		tail = &n->next;
		if (!sql_is_sign(&p->token, ","))
			return 0;
		if (next(p) != 0)
			return -1;
	}
}

static int parse_select(struct parser *p)
{
	if (expect_word(p, "select", "SELECT") != 0 || parse_outputs(p) != 0 || parse_from(p) != 0)
		return -1;
	if (sql_is_word(&p->token, "where")) {
		if (next(p) != 0)
			return -1;
		p->select->where = parse_condition(p);
		if (p->select->where == NULL)
			return -1;
	}
	if (sql_is_word(&p->token, "group") && parse_group_by(p) != 0)
		return -1;
	if (sql_is_sign(&p->token, ";")) {
		if (next(p) != 0)
			return -1;
		if (p->token.kind != TOKEN_END)
			return sql_refuse(p->select, p->token.at, ";",
					  "one SELECT makes one table: nothing may follow");
	}
	return p->token.kind == TOKEN_END ? 0 : refuse(p, "the end of the definition");
}

struct sql_select *sql_parse(const char *text, size_t len, const char *file)
{
	struct sql_select *s = calloc(1, sizeof *s);
	struct parser p = {.select = s};
	int failed;

	if (s == NULL) {
		cause_memory();
		return NULL;
	}
	s->file = file;
	p.scanner = (struct sql_scanner){.select = s, .next = text, .end = text + len, .at = {1, 1}};
	if (len > SQL_LEN_MAX)
		failed = sql_refuse(s, p.scanner.at, "definition", "longer than %d bytes", SQL_LEN_MAX);
	else
		failed = next(&p) != 0 || parse_select(&p) != 0;
	buffer_free(&p.scanner.unquoted);
	if (!failed)
		return s;
	sql_free(s);
	return NULL;
}

void sql_free(struct sql_select *s)
{
	if (s == NULL)
		return;
	while (s->owned != NULL) {
		struct sql_node *n = s->owned;

		s->owned = n->owned;
		free(n);
	}
	free(s->outputs);
	free(s);
}
